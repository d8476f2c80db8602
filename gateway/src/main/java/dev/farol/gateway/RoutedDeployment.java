package dev.farol.gateway;

import dev.farol.spec.RequestSettings;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/** A deployment as requests see it. */
record RoutedDeployment(
        String name,
        RequestSettings settings,
        String scoringPath,
        List<RoutedInstance> instances,
        DeploymentLoad load) {
    /** Requests under way in all. */
    AtomicInteger pending() {
        return load.pending();
    }

    /** The pending window of contracts §4.3. */
    int window() {
        return 2 * settings.maxConcurrentRequestsPerInstance() * instances.size();
    }
}
