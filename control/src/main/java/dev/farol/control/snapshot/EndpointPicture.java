package dev.farol.control.snapshot;

import dev.farol.control.model.Digests;
import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.OnlineEndpoint;
import dev.farol.control.model.StatusDocument;
import dev.farol.control.snapshot.ServingRoutes.Route;
import dev.farol.spec.AuthMode;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.RequestSettings;
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
import java.util.Optional;

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

    /** What the store says of an endpoint that is to be called. */
    record Known(OnlineEndpoint endpoint, List<Digest> digests, List<Member> members) {}

    /**
     * A deployment of the endpoint.
     *
     * @param requestSettings that hold while nothing of it serves
     */
    record Member(ResourceId id, RequestSettings requestSettings) {}

    /** Empty when the endpoint is gone or on its way out: nobody is to call it any more. */
    Optional<Known> read(ResourceId endpoint) {
        return resources.find(endpoint).flatMap(found -> read(found, deployments(endpoint)));
    }

    Optional<Known> read(Resource resource, List<Resource> deployments) {
        if (leaving(resource)) {
            return Optional.empty();
        }
        OnlineEndpoint endpoint = OnlineEndpoint.of(resource);
        return Optional.of(
                new Known(
                        endpoint,
                        endpoint.authMode() == AuthMode.KEY ? digests(endpoint.id()) : List.of(),
                        deployments.stream()
                                .filter(each -> !leaving(each))
                                .map(OnlineDeployment::of)
                                .map(each -> new Member(each.id(), each.requestSettings()))
                                .toList()));
    }

    /** The endpoint with what is ready for it now. */
    Endpoint draw(Known known) {
        var byName = new HashMap<String, Deployment>();
        for (Member member : known.members()) {
            byName.put(member.id().name().toLowerCase(Locale.ROOT), deployment(member));
        }
        OnlineEndpoint endpoint = known.endpoint();
        return new Endpoint(
                endpoint.id().name(),
                endpoint.id().key(),
                endpoint.region(),
                endpoint.authMode(),
                known.digests(),
                endpoint.traffic(),
                endpoint.mirror(),
                endpoint.settings(),
                byName);
    }

    private static boolean leaving(Resource resource) {
        return StatusDocument.of(resource).state() == ProvisioningState.DELETING;
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

    private Deployment deployment(Member member) {
        Route route =
                routes.of(member.id())
                        .orElseGet(() -> new Route(member.requestSettings(), List.of()));
        return new Deployment(
                member.id().name(), route.requestSettings(), SCORING_PATH, route.ready());
    }
}
