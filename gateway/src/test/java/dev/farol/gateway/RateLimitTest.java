package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class RateLimitTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void givesASecondsWorthAtOnceAndThenItsRate() {
        var limit = new RateLimit(0);
        for (int i = 0; i < 10; i++) {
            assertThat(limit.take(10, 0)).as("number %s", i).isZero();
        }
        assertThat(limit.take(10, 0)).isEqualTo(SECOND / 10);
        assertThat(limit.take(10, SECOND / 20)).isEqualTo(SECOND / 20);
        assertThat(limit.take(10, SECOND / 10)).isZero();
        assertThat(limit.take(10, SECOND / 10)).isPositive();
    }

    @Test
    void whatWasNotUsedIsNotSavedForLongerThanASecond() {
        var limit = new RateLimit(0);
        int taken = 0;
        while (limit.take(5, 100 * SECOND) == 0) {
            taken++;
        }
        assertThat(taken).isEqualTo(5);
    }
}
