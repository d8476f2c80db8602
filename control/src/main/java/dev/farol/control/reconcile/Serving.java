package dev.farol.control.reconcile;

import dev.farol.control.reconcile.Instances.Observed;
import dev.farol.control.snapshot.ServingRoutes;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.spec.RoutingSnapshot.Instance.Protocol;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** Which revision of each deployment serves; the publisher reads its ready instances from here. */
final class Serving implements ServingRoutes {
    private final Instances instances;
    private final Map<String, Revision> revisions = new ConcurrentHashMap<>();

    Serving(Instances instances) {
        this.instances = instances;
    }

    /** A revision that serves, and what it was made with that callers feel. */
    record Revision(String name, RequestSettings requestSettings, Protocol protocol) {}

    void set(ResourceId deployment, Revision revision) {
        revisions.put(deployment.key(), revision);
    }

    void clear(ResourceId deployment) {
        revisions.remove(deployment.key());
    }

    @Override
    public Optional<Route> of(ResourceId deployment) {
        Revision revision = revisions.get(deployment.key());
        if (revision == null) {
            return Optional.empty();
        }
        var ready = new ArrayList<RoutingSnapshot.Instance>();
        for (Observed each : instances.of(deployment, revision.name())) {
            String host = each.status().host();
            if (each.ready() && host != null) {
                ready.add(
                        new RoutingSnapshot.Instance(
                                each.id(), host, each.status().port(), revision.protocol()));
            }
        }
        return Optional.of(new Route(revision.requestSettings(), List.copyOf(ready)));
    }
}
