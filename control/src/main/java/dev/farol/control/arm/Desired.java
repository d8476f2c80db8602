package dev.farol.control.arm;

import dev.farol.control.Nudge;
import dev.farol.control.model.StatusDocument;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes what users want of endpoints and deployments: the desired state, the first word of the
 * observed state and the operation that brings it about, all in one transaction; then tells the
 * reconciler.
 */
final class Desired {
    private final Store store;
    private final Nudge nudge;

    Desired(Store store, Nudge nudge) {
        this.store = store;
        this.nudge = nudge;
    }

    /**
     * What was written.
     *
     * @param operation the one that brings it about; already ended when there was nothing to do
     */
    record Written(Resource resource, Operation operation, boolean created) {}

    /** Decides on the desired state; runs inside the transaction, maybe more than once. */
    @FunctionalInterface
    interface Plan {
        /**
         * @param existing null when the resource is new
         */
        ObjectNode spec(Store transaction, @Nullable Resource existing);
    }

    /**
     * Creates or replaces.
     *
     * @param operations the first part of the operation's id: kind and workspace
     * @param onCreate what else belongs into the transaction of a creation
     */
    Written put(
            ResourceId id,
            String operations,
            String by,
            Plan plan,
            BiConsumer<Store, Resource> onCreate) {
        String operation = operations + UUID.randomUUID();
        Written written =
                store.transact(
                        transaction -> {
                            Resource existing = transaction.resources().find(id).orElse(null);
                            refuseWhileBusy(transaction, id);
                            ObjectNode spec = plan.spec(transaction, existing);
                            return existing == null
                                    ? create(transaction, id, operation, by, spec, onCreate)
                                    : update(transaction, existing, operation, by, spec);
                        });
        if (!written.operation().status().terminal()) {
            nudge.changed(written.resource().id());
        }
        return written;
    }

    /**
     * Asks for everything that runs of a resource to be replaced; what its user wrote stays.
     *
     * @param existing finds the resource, or refuses by throwing
     */
    Written restart(ResourceId id, String operations, Function<Store, Resource> existing) {
        String operation = operations + UUID.randomUUID();
        Written written =
                store.transact(
                        transaction -> {
                            refuseWhileBusy(transaction, id);
                            return restart(transaction, existing.apply(transaction), operation);
                        });
        nudge.changed(id);
        return written;
    }

    private static Written restart(Store transaction, Resource existing, String operation) {
        ObjectNode status = StatusDocument.of(existing).restart(operation).json();
        mark(status, ProvisioningState.UPDATING, operation);
        Resource marked =
                transaction.resources().updateStatus(existing.id(), existing.version(), status);
        return new Written(
                marked,
                transaction
                        .operations()
                        .start(operation, Operation.Kind.UPDATE, marked.id(), marked.generation()),
                false);
    }

    /**
     * Asks for a deletion, also of what is still being created.
     *
     * @param preconditions what the request demands of the resource
     * @param guard refuses by throwing
     * @return the operation that deletes; empty when there is nothing to delete
     */
    Optional<Operation> delete(
            ResourceId id,
            String operations,
            Preconditions preconditions,
            BiConsumer<Store, Resource> guard) {
        String operation = operations + UUID.randomUUID();
        Optional<Operation> deleting =
                store.transact(
                        transaction -> {
                            Optional<Resource> existing = transaction.resources().find(id);
                            preconditions.check(existing.orElse(null));
                            return existing.map(
                                    found -> delete(transaction, found, operation, guard));
                        });
        if (deleting.isPresent()) {
            nudge.changed(id);
        }
        return deleting;
    }

    /**
     * @throws FarolException {@code Conflict} naming the operation that runs on the resource
     */
    static void refuseWhileBusy(Store transaction, ResourceId id) {
        List<Operation> running = transaction.operations().unfinished(id);
        if (!running.isEmpty()) {
            Operation first = running.getFirst();
            throw new FarolException(
                    ErrorCode.CONFLICT,
                    "'"
                            + id.name()
                            + "' is busy: operation "
                            + first.id()
                            + " ("
                            + first.kind().name().toLowerCase(java.util.Locale.ROOT)
                            + ", since "
                            + first.startTime()
                            + ") has not ended. Try again when it has.");
        }
    }

    private static Written create(
            Store transaction,
            ResourceId id,
            String operation,
            String by,
            ObjectNode spec,
            BiConsumer<Store, Resource> onCreate) {
        ObjectNode status = JsonNodeFactory.instance.objectNode();
        mark(status, ProvisioningState.CREATING, operation);
        Resource created = transaction.resources().create(id, spec, status, by);
        onCreate.accept(transaction, created);
        return new Written(
                created,
                transaction
                        .operations()
                        .start(operation, Operation.Kind.CREATE, id, created.generation()),
                true);
    }

    private static Written update(
            Store transaction, Resource existing, String operation, String by, ObjectNode spec) {
        boolean settled =
                ResourceView.state(existing).equals(ProvisioningState.SUCCEEDED.wire())
                        && existing.spec().equals(spec);
        if (settled) {
            transaction
                    .operations()
                    .start(operation, Operation.Kind.UPDATE, existing.id(), existing.generation());
            transaction.operations().finish(operation, Operation.Status.SUCCEEDED, null);
            return new Written(
                    existing, transaction.operations().find(operation).orElseThrow(), false);
        }
        Resource updated =
                transaction.resources().updateSpec(existing.id(), existing.version(), spec, by);
        ObjectNode status = updated.status().deepCopy();
        mark(status, ProvisioningState.UPDATING, operation);
        updated = transaction.resources().updateStatus(updated.id(), updated.version(), status);
        return new Written(
                updated,
                transaction
                        .operations()
                        .start(
                                operation,
                                Operation.Kind.UPDATE,
                                updated.id(),
                                updated.generation()),
                false);
    }

    private static Operation delete(
            Store transaction,
            Resource found,
            String operation,
            BiConsumer<Store, Resource> guard) {
        for (Operation running : transaction.operations().unfinished(found.id())) {
            if (running.kind() == Operation.Kind.DELETE) {
                return running;
            }
        }
        guard.accept(transaction, found);
        ObjectNode status = found.status().deepCopy();
        mark(status, ProvisioningState.DELETING, operation);
        transaction.resources().updateStatus(found.id(), found.version(), status);
        return transaction.operations().start(operation, Operation.Kind.DELETE, found.id(), 0);
    }

    private static void mark(ObjectNode status, ProvisioningState state, String operation) {
        status.put("provisioningState", state.wire());
        status.put("operation", operation);
    }
}
