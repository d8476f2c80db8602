package dev.farol.gateway;

import dev.farol.spec.RoutingSnapshot;
import dev.farol.wire.Target;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A snapshot with all look-ups done that a request would repeat. Immutable but for the loads.
 *
 * <p>Of thousands of endpoints a snapshot changes few: those that are as they were are taken over
 * from the table before, and neither looked at nor made again.
 */
final class RouteTable {
    private final long version;
    private final TokenCheck tokens;
    private final Map<String, RoutedEndpoint> byName;
    private final Map<String, RoutedEndpoint> byHost;
    private final Map<String, RoutedEndpoint> came = new HashMap<>();
    private final Map<String, RoutedEndpoint> left = new HashMap<>();

    /** The one before the first snapshot. */
    RouteTable() {
        version = RoutingSnapshot.EMPTY.version();
        tokens = TokenCheck.NONE;
        byName = Map.of();
        byHost = Map.of();
    }

    /**
     * @param before whose place in the sequences of points the endpoints keep
     * @param changed the snapshot's endpoints that {@code before} {@link #lacks}
     */
    RouteTable(
            RoutingSnapshot snapshot,
            Map<String, RoutingSnapshot.Endpoint> changed,
            Loads loads,
            RouteTable before) {
        version = snapshot.version();
        tokens =
                before.judgesBy(snapshot.authority())
                        ? before.tokens
                        : new TokenCheck(snapshot.authority());
        byName = new HashMap<>(before.byName);
        byHost = new HashMap<>(before.byHost);
        if (byName.size() + changed.size() > snapshot.endpoints().size()) {
            before.byName.keySet().stream()
                    .filter(key -> !snapshot.endpoints().containsKey(key))
                    .forEach(this::leave);
        }
        changed.forEach(
                (key, endpoint) -> {
                    RoutedEndpoint routed = routed(key, endpoint, loads, leave(key));
                    byName.put(key, routed);
                    byHost.put(hostOf(key, routed), routed);
                    came.put(key, routed);
                });
    }

    /** The endpoint as it was, if it was there. */
    private @Nullable RoutedEndpoint leave(String key) {
        RoutedEndpoint old = byName.remove(key);
        if (old != null) {
            byHost.remove(hostOf(key, old));
            left.put(key, old);
        }
        return old;
    }

    private static String hostOf(String key, RoutedEndpoint endpoint) {
        return key + "." + endpoint.spec().region().toLowerCase(Locale.ROOT);
    }

    /** Those of a snapshot's endpoints that are not here, or not as they are there. */
    Map<String, RoutingSnapshot.Endpoint> lacks(RoutingSnapshot snapshot) {
        var found = new HashMap<String, RoutingSnapshot.Endpoint>();
        snapshot.endpoints()
                .forEach(
                        (key, endpoint) -> {
                            RoutedEndpoint known = byName.get(key);
                            if (known == null || !known.spec().equals(endpoint)) {
                                found.put(key, endpoint);
                            }
                        });
        return found;
    }

    boolean judgesBy(RoutingSnapshot.Authority authority) {
        return tokens.judgesBy(authority);
    }

    private RoutedEndpoint routed(
            String key,
            RoutingSnapshot.Endpoint endpoint,
            Loads loads,
            @Nullable RoutedEndpoint old) {
        var routed = new HashMap<String, RoutedDeployment>();
        endpoint.deployments()
                .forEach(
                        (name, deployment) ->
                                routed.put(name, routed(key, name, deployment, loads)));
        return new RoutedEndpoint(
                endpoint,
                Map.copyOf(routed),
                new Split(lowerCased(endpoint.traffic())),
                new Cohort(endpoint.settings().affinity(), lowerCased(endpoint.traffic())),
                new Split(lowerCased(endpoint.mirror())),
                old == null ? new Sequence(0) : old.trafficPoints(),
                old == null ? new Sequence(1L << 62) : old.mirrorPoints(),
                loads.endpoint(key));
    }

    private RoutedDeployment routed(
            String endpoint, String key, RoutingSnapshot.Deployment deployment, Loads loads) {
        return new RoutedDeployment(
                deployment.name(),
                deployment.requestSettings(),
                deployment.scoringPath(),
                deployment.instances().stream()
                        .map(
                                instance ->
                                        new RoutedInstance(
                                                instance.id(),
                                                target(instance),
                                                loads.instance(instance.id())))
                        .toList(),
                loads.deployment(endpoint, key));
    }

    private static Target target(RoutingSnapshot.Instance instance) {
        var protocol =
                switch (instance.protocol()) {
                    case HTTP_1 -> Target.Protocol.HTTP_1;
                    case HTTP_2 -> Target.Protocol.HTTP_2;
                    case HTTP_1_AND_GRPC -> Target.Protocol.HTTP_1_AND_GRPC;
                };
        return new Target(instance.host(), instance.port(), protocol);
    }

    private static Map<String, Integer> lowerCased(Map<String, Integer> percents) {
        return percents.entrySet().stream()
                .collect(
                        Collectors.toMap(
                                entry -> entry.getKey().toLowerCase(Locale.ROOT),
                                Map.Entry::getValue));
    }

    long version() {
        return version;
    }

    TokenCheck tokens() {
        return tokens;
    }

    /** By name in lower case. */
    @Nullable RoutedEndpoint named(String name) {
        return byName.get(name);
    }

    /** By {@code name.region} in lower case. */
    @Nullable RoutedEndpoint hosted(String nameAndRegion) {
        return byHost.get(nameAndRegion);
    }

    /** Gets the names of an endpoint and its deployment, in lower case. */
    @FunctionalInterface
    interface DeploymentVisitor {
        void visit(String endpoint, String name, RoutedDeployment deployment);
    }

    void forEachDeployment(DeploymentVisitor visitor) {
        byName.forEach(
                (endpoint, routed) ->
                        routed.deployments()
                                .forEach(
                                        (name, deployment) ->
                                                visitor.visit(endpoint, name, deployment)));
    }

    /** By name, those that the table before had not, or not so. */
    Map<String, RoutedEndpoint> came() {
        return came;
    }

    /** By name, those of the table before that this one has not, or not so. */
    Map<String, RoutedEndpoint> left() {
        return left;
    }
}
