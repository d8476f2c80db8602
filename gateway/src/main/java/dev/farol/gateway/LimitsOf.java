package dev.farol.gateway;

import dev.farol.spec.EndpointSettings.Limits;

/** The limits there are, by what sets them. */
final class LimitsOf {
    private LimitsOf() {}

    static Limit window(RoutedDeployment deployment) {
        int each = deployment.settings().maxConcurrentRequestsPerInstance();
        return new Limit(
                "max_pending",
                Integer.toString(deployment.window()),
                deployment(deployment),
                "It is 2 x max_concurrent_requests_per_instance ("
                        + each
                        + ") x instances ("
                        + deployment.instances().size()
                        + "): raise request_settings.max_concurrent_requests_per_instance or"
                        + " instance_count, or send fewer at once.");
    }

    static Limit lane(RoutedDeployment deployment) {
        return new Limit(
                "max_queue_wait_ms",
                Long.toString(deployment.settings().maxQueueWait().toMillis()),
                deployment(deployment),
                "No place on the instance became free in that time: raise"
                        + " request_settings.max_concurrent_requests_per_instance, max_queue_wait_ms"
                        + " or instance_count, or send fewer at once.");
    }

    static Limit timeout(RoutedDeployment deployment) {
        return new Limit(
                "request_timeout_ms",
                Long.toString(deployment.settings().requestTimeout().toMillis()),
                deployment(deployment),
                "Raise request_settings.request_timeout_ms, or let the model answer sooner.");
    }

    static Limit atOnce(Limits limits) {
        return new Limit(
                "concurrent_requests",
                Integer.toString(limits.concurrentRequests()),
                limits.setBy(),
                "Set the endpoint's property farol.concurrent_requests higher, or send fewer at"
                        + " once.");
    }

    static Limit rate(Limits limits) {
        return new Limit(
                "requests_per_second",
                Integer.toString(limits.requestsPerSecond()),
                limits.setBy(),
                "Set the endpoint's property farol.requests_per_second higher, or send fewer.");
    }

    static Limit body(Limits limits) {
        return new Limit(
                "max_request_bytes",
                Long.toString(limits.requestBytes()),
                limits.setBy(),
                "Set the endpoint's property farol.max_request_bytes higher, or send less.");
    }

    private static String deployment(RoutedDeployment deployment) {
        return "the deployment '" + deployment.name() + "'";
    }
}
