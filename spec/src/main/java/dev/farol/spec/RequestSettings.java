package dev.farol.spec;

import java.time.Duration;

/**
 * What holds a request: how many run at once on an instance, how long one may wait and run
 * (contracts §1.8, defaults included).
 */
public record RequestSettings(
        int maxConcurrentRequestsPerInstance, Duration maxQueueWait, Duration requestTimeout) {
    public static final RequestSettings DEFAULT =
            new RequestSettings(1, Duration.ofMillis(500), Duration.ofSeconds(5));
}
