package dev.farol.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

class BackoffTest {
    private final Backoff backoff = new Backoff(Duration.ofMillis(200), Duration.ofSeconds(30));

    @Test
    void restartsAtOnceAfterTheFirstCrashThenDoubles() {
        assertThat(backoff.afterCrash()).isZero();
        assertThat(backoff.afterCrash()).hasMillis(200);
        assertThat(backoff.afterCrash()).hasMillis(400);
    }

    @Test
    void pausesAfterTheFirstFailedStart() {
        assertThat(backoff.afterFailedStart()).hasMillis(200);
        assertThat(backoff.afterFailedStart()).hasMillis(400);
        assertThat(backoff.afterFailedStart()).hasMillis(800);
    }

    @Test
    void neverPausesLongerThanTheLongest() {
        for (int i = 0; i < 100; i++) {
            assertThat(backoff.afterFailedStart()).isLessThanOrEqualTo(Duration.ofSeconds(30));
        }
        assertThat(backoff.afterFailedStart()).hasSeconds(30);
    }

    @Test
    void forgetsAfterGoodTimes() {
        backoff.afterCrash();
        backoff.afterCrash();
        backoff.reset();
        assertThat(backoff.afterCrash()).isZero();
    }
}
