package dev.farol.control.reconcile;

import dev.farol.control.model.StatusDocument;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore.Order;
import dev.farol.store.ResourceStore.Query;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Online endpoints. What an endpoint is lives in the routing snapshot, so bringing one about is to
 * publish it; taking one away is to unlist it and then its deployments, one by one.
 */
final class EndpointReconciler {
    private static final int PAGE = 1000;

    /** When to look again after somebody else wrote at the same time. */
    private static final Duration OVERTAKEN = Duration.ofMillis(5);

    /** When to look again at what news of the deployments should end earlier. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final Bench bench;

    EndpointReconciler(Bench bench) {
        this.bench = bench;
    }

    Optional<Duration> reconcile(ResourceId id) throws InterruptedException {
        Resource endpoint = bench.store().resources().find(id).orElse(null);
        if (endpoint == null) {
            bench.writer().endAll(id);
            bench.publisher().mark(id);
            return Optional.empty();
        }
        bench.writer().endOthers(endpoint);
        StatusDocument status = StatusDocument.of(endpoint);
        return switch (status.state()) {
            case CREATING, UPDATING, SCALING -> bringAbout(endpoint, status);
            case DELETING -> takeAway(endpoint);
            case SUCCEEDED, FAILED, CANCELED -> {
                bench.publisher().mark(id);
                yield Optional.empty();
            }
        };
    }

    private Optional<Duration> bringAbout(Resource endpoint, StatusDocument status)
            throws InterruptedException {
        bench.publish(endpoint.id());
        status.state(ProvisioningState.SUCCEEDED);
        bench.facts(endpoint, status)
                .yes(Facts.READY, "Published", "The endpoint is known to the gateways.");
        return bench.writer().settle(endpoint, status, null)
                ? Optional.empty()
                : Optional.of(OVERTAKEN);
    }

    private Optional<Duration> takeAway(Resource endpoint) throws InterruptedException {
        bench.publish(endpoint.id());
        List<Resource> deployments =
                bench.store()
                        .resources()
                        .list(new Query(endpoint.id(), "deployments", null, Order.NAME, 0, PAGE));
        if (deployments.isEmpty() && bench.writer().remove(endpoint)) {
            bench.publisher().mark(endpoint.id());
            return Optional.empty();
        }
        boolean all = true;
        for (Resource deployment : deployments) {
            all &= condemn(deployment);
        }
        return Optional.of(all && !deployments.isEmpty() ? AGAIN : OVERTAKEN);
    }

    /** Has the deployment removed; false when its own reconciler wrote at the same time. */
    private boolean condemn(Resource deployment) {
        StatusDocument status = StatusDocument.of(deployment);
        if (status.state() == ProvisioningState.DELETING) {
            return true;
        }
        boolean condemned =
                bench.writer().write(deployment, status.state(ProvisioningState.DELETING));
        bench.wake().accept(deployment.id());
        return condemned;
    }
}
