package dev.farol.control.reconcile;

import dev.farol.control.model.StatusDocument;
import dev.farol.control.model.VerdictDocument;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import java.util.List;
import java.util.Objects;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes what was observed, and the ends of operations with it, in one transaction. Every write
 * holds only for the version of the resource that it was concluded from: when somebody wrote in
 * between, nothing is written and the answer is false; that somebody has woken the reconciler.
 */
final class StatusWriter {
    private final Store store;

    StatusWriter(Store store) {
        this.store = store;
    }

    /** Writes the status alone. */
    boolean write(Resource seen, StatusDocument status) {
        if (status.json().toString().equals(seen.status().toString())) {
            return true;
        }
        return unlessOvertaken(
                () -> store.resources().updateStatus(seen.id(), seen.version(), status.json()));
    }

    /** Writes a terminal status and ends the operation that it names. */
    boolean settle(Resource seen, StatusDocument status, @Nullable ObjectNode error) {
        Operation.Status end = end(status.state());
        return unlessOvertaken(
                () ->
                        store.transact(
                                tx -> {
                                    tx.resources()
                                            .updateStatus(seen.id(), seen.version(), status.json());
                                    String operation = status.operation();
                                    if (operation != null) {
                                        tx.operations().finish(operation, end, error);
                                    }
                                    return end;
                                }));
    }

    /**
     * Ends the operations that do not work on the resource any more: those that a newer one
     * replaced, and a present one that was left open although its work is done.
     */
    void endOthers(Resource seen) {
        if (open(store, seen.id(), operation -> stale(seen, operation)).isEmpty()) {
            return;
        }
        unlessOvertaken(
                () ->
                        store.transact(
                                tx -> {
                                    Resource now = tx.resources().find(seen.id()).orElse(seen);
                                    requireVersion(seen, now);
                                    for (Operation each :
                                            open(tx, seen.id(), old -> stale(now, old))) {
                                        endStale(tx, now, each);
                                    }
                                    return now;
                                }));
    }

    /** Ends what is still open for a resource that is no more: deletes worked, the rest did not. */
    void endAll(ResourceId gone) {
        if (open(store, gone, operation -> true).isEmpty()) {
            return;
        }
        Boolean unused =
                store.transact(
                        tx -> {
                            boolean absent = tx.resources().find(gone).isEmpty();
                            if (absent) {
                                endAll(tx, gone);
                            }
                            return absent;
                        });
    }

    /** Removes the resource, if it is still being deleted, and ends its operations. */
    boolean remove(Resource seen) {
        return unlessOvertaken(
                () ->
                        store.transact(
                                tx -> {
                                    Resource now = tx.resources().find(seen.id()).orElse(null);
                                    if (now == null) {
                                        return false;
                                    }
                                    requireVersion(seen, now);
                                    endAll(tx, seen.id());
                                    return tx.resources().delete(seen.id());
                                }));
    }

    private static void endAll(Store tx, ResourceId gone) {
        for (Operation each : open(tx, gone, operation -> true)) {
            if (each.kind() == Operation.Kind.DELETE) {
                tx.operations().finish(each.id(), Operation.Status.SUCCEEDED, null);
            } else {
                cancel(tx, each, "The resource was deleted before the operation ended.");
            }
        }
    }

    private static boolean stale(Resource resource, Operation operation) {
        StatusDocument status = StatusDocument.of(resource);
        return operation.kind() != Operation.Kind.ACTION
                && (status.state().terminal()
                        || (status.state() == ProvisioningState.DELETING
                                && operation.kind() != Operation.Kind.DELETE)
                        || !Objects.equals(operation.id(), status.operation()));
    }

    private static void endStale(Store tx, Resource now, Operation operation) {
        StatusDocument status = StatusDocument.of(now);
        boolean present = Objects.equals(operation.id(), status.operation());
        if (present && status.state() == ProvisioningState.SUCCEEDED) {
            tx.operations().finish(operation.id(), Operation.Status.SUCCEEDED, null);
        } else if (present && status.state().terminal()) {
            ObjectNode error =
                    VerdictDocument.error(ErrorCode.INTERRUPTED, ErrorCode.INTERRUPTED.doc(), null);
            tx.operations().finish(operation.id(), end(status.state()), error);
        } else {
            cancel(tx, operation, "A newer operation on the resource took its place.");
        }
    }

    private static void cancel(Store tx, Operation operation, String why) {
        tx.operations()
                .finish(
                        operation.id(),
                        Operation.Status.CANCELED,
                        VerdictDocument.error(ErrorCode.CANCELED, why, null));
    }

    private static List<Operation> open(
            Store store, ResourceId target, Predicate<Operation> which) {
        return store.operations().unfinished(target).stream().filter(which).toList();
    }

    private static Operation.Status end(ProvisioningState state) {
        return switch (state) {
            case SUCCEEDED -> Operation.Status.SUCCEEDED;
            case CANCELED -> Operation.Status.CANCELED;
            case FAILED -> Operation.Status.FAILED;
            case CREATING, UPDATING, SCALING, DELETING ->
                    throw new IllegalStateException(state + " ends no operation");
        };
    }

    private static void requireVersion(Resource seen, Resource now) {
        if (seen.version() != now.version()) {
            throw new FarolException(ErrorCode.PRECONDITION_FAILED, "Written in between");
        }
    }

    private static boolean unlessOvertaken(Runnable write) {
        try {
            write.run();
            return true;
        } catch (FarolException refused) {
            if (refused.code() == ErrorCode.PRECONDITION_FAILED
                    || refused.code() == ErrorCode.RESOURCE_NOT_FOUND) {
                return false;
            }
            throw refused;
        }
    }
}
