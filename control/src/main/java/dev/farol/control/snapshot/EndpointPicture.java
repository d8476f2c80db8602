package dev.farol.control.snapshot;

import dev.farol.control.model.Digests;
import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.OnlineEndpoint;
import dev.farol.control.model.StatusDocument;
import dev.farol.control.snapshot.ServingRoutes.Route;
import dev.farol.spec.AuthMode;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot.Deployment;
import dev.farol.spec.RoutingSnapshot.Digest;
import dev.farol.spec.RoutingSnapshot.Endpoint;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore;
import dev.farol.store.ResourceStore.Order;
import dev.farol.store.ResourceStore.Query;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes one endpoint's part of a snapshot. */
final class EndpointPicture {
    private static final List<String> KEYS = List.of("primaryKey", "secondaryKey");
    private static final String SCORING_PATH = "/score";
    private static final int PAGE = 1000;

    private final ResourceStore resources;
    private final ServingRoutes routes;

    EndpointPicture(ResourceStore resources, ServingRoutes routes) {
        this.resources = resources;
        this.routes = routes;
    }

    /** Empty when the endpoint is gone or on its way out: nobody is to call it any more. */
    Optional<Endpoint> of(ResourceId endpoint) {
        return resources.find(endpoint).flatMap(found -> of(found, deployments(endpoint)));
    }

    Optional<Endpoint> of(Resource resource, List<Resource> deployments) {
        if (StatusDocument.of(resource).state() == ProvisioningState.DELETING) {
            return Optional.empty();
        }
        OnlineEndpoint endpoint = OnlineEndpoint.of(resource);
        return Optional.of(
                new Endpoint(
                        endpoint.id().name(),
                        endpoint.region(),
                        endpoint.authMode(),
                        endpoint.authMode() == AuthMode.KEY ? digests(endpoint.id()) : List.of(),
                        endpoint.traffic(),
                        endpoint.mirror(),
                        byName(deployments)));
    }

    private List<Resource> deployments(ResourceId endpoint) {
        var all = new ArrayList<Resource>();
        List<Resource> page;
        do {
            page =
                    resources.list(
                            new Query(endpoint, "deployments", null, Order.NAME, all.size(), PAGE));
            all.addAll(page);
        } while (page.size() == PAGE);
        return all;
    }

    private List<Digest> digests(ResourceId endpoint) {
        var digests = new ArrayList<Digest>();
        for (String name : KEYS) {
            resources
                    .secret(endpoint, name)
                    .ifPresent(key -> digests.add(new Digest(Digests.sha256(key))));
        }
        return digests;
    }

    private Map<String, Deployment> byName(List<Resource> resources) {
        var byName = new HashMap<String, Deployment>();
        for (Resource resource : resources) {
            if (StatusDocument.of(resource).state() != ProvisioningState.DELETING) {
                String name = resource.id().name();
                byName.put(name.toLowerCase(Locale.ROOT), deployment(resource));
            }
        }
        return byName;
    }

    private Deployment deployment(Resource resource) {
        @Nullable Route route = routes.of(resource.id()).orElse(null);
        return route == null
                ? new Deployment(
                        resource.id().name(),
                        OnlineDeployment.of(resource).requestSettings(),
                        SCORING_PATH,
                        List.of())
                : new Deployment(
                        resource.id().name(), route.requestSettings(), SCORING_PATH, route.ready());
    }
}
