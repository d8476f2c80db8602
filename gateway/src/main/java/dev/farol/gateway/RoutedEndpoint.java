package dev.farol.gateway;

import dev.farol.spec.RoutingSnapshot;
import dev.farol.wire.ProxyRequest;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** An endpoint as requests see it: deployments by name in lower case. */
record RoutedEndpoint(
        RoutingSnapshot.Endpoint spec,
        Map<String, RoutedDeployment> deployments,
        Split traffic,
        Cohort cohort,
        Split mirror,
        Sequence trafficPoints,
        Sequence mirrorPoints,
        EndpointLoad load) {
    /**
     * Which deployment the request goes to, by the caller that it names or else by the sequence.
     */
    @Nullable String choose(ProxyRequest request) {
        String caller = cohort.caller(request);
        return caller == null ? traffic.at(trafficPoints.next()) : cohort.of(caller);
    }

    void forEachInstance(Consumer<RoutedInstance> action) {
        deployments.values().forEach(deployment -> deployment.instances().forEach(action));
    }

    String name() {
        return spec.name();
    }
}
