package dev.farol.gateway;

import dev.farol.spec.RoutingSnapshot;
import dev.farol.wire.Target;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** A snapshot with all look-ups done that a request would repeat. Immutable but for the loads. */
final class RouteTable {
    private final long version;
    private final TokenCheck tokens;
    private final Map<String, RoutedEndpoint> byName = new HashMap<>();
    private final Map<String, RoutedEndpoint> byHost = new HashMap<>();
    private final Set<Target> targets = new HashSet<>();
    private final Set<String> instances = new HashSet<>();
    private final Set<String> deployments = new HashSet<>();

    /**
     * @param before whose place in the sequences of points the endpoints keep
     */
    RouteTable(RoutingSnapshot snapshot, Loads loads, @Nullable RouteTable before) {
        version = snapshot.version();
        TokenCheck checked = before == null ? TokenCheck.NONE : before.tokens;
        tokens =
                checked.judgesBy(snapshot.authority())
                        ? checked
                        : new TokenCheck(snapshot.authority());
        snapshot.endpoints()
                .forEach(
                        (key, endpoint) -> {
                            RoutedEndpoint old = before == null ? null : before.byName.get(key);
                            RoutedEndpoint routed = routed(key, endpoint, loads, old);
                            byName.put(key, routed);
                            byHost.put(
                                    key + "." + endpoint.region().toLowerCase(Locale.ROOT), routed);
                        });
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
        deployments.add(endpoint + "/" + key);
        return new RoutedDeployment(
                deployment.name(),
                deployment.requestSettings(),
                deployment.scoringPath(),
                deployment.instances().stream()
                        .map(
                                instance -> {
                                    var target = target(instance);
                                    targets.add(target);
                                    instances.add(instance.id());
                                    return new RoutedInstance(
                                            instance.id(), target, loads.instance(instance.id()));
                                })
                        .toList(),
                loads.deployment(endpoint, key));
    }

    private static Target target(RoutingSnapshot.Instance instance) {
        var protocol =
                switch (instance.protocol()) {
                    case HTTP_1 -> Target.Protocol.HTTP_1;
                    case HTTP_2 -> Target.Protocol.HTTP_2;
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

    Set<Target> targets() {
        return targets;
    }

    /** Names in lower case. */
    Set<String> endpoints() {
        return byName.keySet();
    }

    Set<String> instances() {
        return instances;
    }

    Set<String> deployments() {
        return deployments;
    }
}
