package dev.farol.spec;

import java.time.Duration;

/** A liveness or readiness probe; the defaults are those of contracts §1.8. */
public record ProbeSettings(
        int failureThreshold,
        int successThreshold,
        Duration timeout,
        Duration period,
        Duration initialDelay) {
    public static final ProbeSettings DEFAULT =
            new ProbeSettings(
                    30, 1, Duration.ofSeconds(2), Duration.ofSeconds(10), Duration.ofSeconds(10));
}
