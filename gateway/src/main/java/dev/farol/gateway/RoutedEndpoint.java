package dev.farol.gateway;

import dev.farol.spec.RoutingSnapshot;
import java.util.Map;

/** An endpoint as requests see it: deployments by name in lower case. */
record RoutedEndpoint(
        RoutingSnapshot.Endpoint spec,
        Map<String, RoutedDeployment> deployments,
        Split traffic,
        Split mirror,
        Sequence trafficPoints,
        Sequence mirrorPoints) {
    String name() {
        return spec.name();
    }
}
