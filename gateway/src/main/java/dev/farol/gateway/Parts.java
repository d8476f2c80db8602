package dev.farol.gateway;

import dev.farol.wire.Target;
import java.util.HashSet;
import java.util.Set;

/**
 * What endpoints consist of, by the names it is counted under.
 *
 * @param endpoints names in lower case
 * @param deployments as {@link Loads#deploymentKey}
 * @param instances ids
 */
record Parts(
        Set<String> endpoints,
        Set<String> deployments,
        Set<String> instances,
        Set<Target> targets) {
    Parts() {
        this(new HashSet<>(), new HashSet<>(), new HashSet<>(), new HashSet<>());
    }

    void add(String name, RoutedEndpoint endpoint) {
        endpoints.add(name);
        endpoint.deployments()
                .forEach(
                        (key, deployment) -> {
                            deployments.add(Loads.deploymentKey(name, key));
                            for (RoutedInstance instance : deployment.instances()) {
                                instances.add(instance.id());
                                targets.add(instance.target());
                            }
                        });
    }

    void removeAll(Parts others) {
        endpoints.removeAll(others.endpoints);
        deployments.removeAll(others.deployments);
        instances.removeAll(others.instances);
        targets.removeAll(others.targets);
    }

    /** Without the instances, and where they are, that this endpoint has. */
    void removeInstances(RoutedEndpoint endpoint) {
        for (RoutedDeployment deployment : endpoint.deployments().values()) {
            for (RoutedInstance instance : deployment.instances()) {
                instances.remove(instance.id());
                targets.remove(instance.target());
            }
        }
    }

    boolean hasInstances() {
        return !instances.isEmpty() || !targets.isEmpty();
    }
}
