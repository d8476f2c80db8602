package dev.farol.control.snapshot;

import dev.farol.spec.RequestSettings;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot;
import java.util.List;
import java.util.Optional;

/** What answers for a deployment right now. */
@FunctionalInterface
public interface ServingRoutes {
    /** Empty when no revision of the deployment serves. Called often; must not block. */
    Optional<Route> of(ResourceId deployment);

    /**
     * @param requestSettings of the revision that serves, which a newer wish may differ from
     * @param ready its ready instances, in a stable order
     */
    record Route(RequestSettings requestSettings, List<RoutingSnapshot.Instance> ready) {
        public Route {
            ready = List.copyOf(ready);
        }
    }
}
