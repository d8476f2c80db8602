package dev.farol.control.reconcile;

import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.OnlineEndpoint;
import dev.farol.control.model.StatusDocument;
import dev.farol.control.model.VerdictDocument;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import java.util.function.Consumer;

/**
 * What an earlier life of Farol left open: operations on endpoints and deployments go on with their
 * reconciler; nobody would ever end the others, so they are ended here, once, at the start.
 */
final class Leftovers {
    private final Store store;

    Leftovers(Store store) {
        this.store = store;
    }

    /**
     * @param wake gets the targets whose reconciler takes over
     */
    void settle(Consumer<ResourceId> wake) {
        for (Operation operation : store.operations().unfinished()) {
            boolean ours = reconciled(operation.target());
            if (ours) {
                wake.accept(operation.target());
            }
            if (!ours || operation.kind() == Operation.Kind.ACTION) {
                end(operation);
            }
        }
    }

    static boolean reconciled(ResourceId id) {
        return id.kind().equalsIgnoreCase(OnlineEndpoint.KIND)
                || id.kind().equalsIgnoreCase(OnlineDeployment.KIND);
    }

    private void end(Operation operation) {
        if (done(operation)) {
            store.operations().finish(operation.id(), Operation.Status.SUCCEEDED, null);
        } else {
            store.operations()
                    .finish(
                            operation.id(),
                            Operation.Status.FAILED,
                            VerdictDocument.error(
                                    ErrorCode.INTERRUPTED, ErrorCode.INTERRUPTED.doc(), null));
        }
    }

    private boolean done(Operation operation) {
        Resource target = store.resources().find(operation.target()).orElse(null);
        return switch (operation.kind()) {
            case DELETE -> target == null;
            case CREATE, UPDATE ->
                    target != null
                            && StatusDocument.of(target).state() == ProvisioningState.SUCCEEDED;
            case ACTION -> false;
        };
    }
}
