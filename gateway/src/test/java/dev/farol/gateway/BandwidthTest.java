package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class BandwidthTest {
    private static final long SECOND = 1_000_000_000L;

    @Test
    void aTenthOfASecondsWorthPassesAtOnceAndTheRestWaits() {
        var bandwidth = new Bandwidth(0);
        assertThat(bandwidth.take(1000, 100, 0)).isZero();
        assertThat(bandwidth.take(1000, 500, 0)).isEqualTo(SECOND / 2);
        assertThat(bandwidth.take(1000, 500, 0)).isEqualTo(SECOND);
    }

    @Test
    void whatWaitedIsPaidAndSilenceSavesNoMoreThanTheBurst() {
        var bandwidth = new Bandwidth(0);
        assertThat(bandwidth.take(1000, 1100, 0)).isEqualTo(SECOND);
        assertThat(bandwidth.take(1000, 100, 2 * SECOND)).isZero();
        assertThat(bandwidth.take(1000, 200, 9 * SECOND)).isEqualTo(SECOND / 10);
    }

    @Test
    void aMovedRateHoldsForWhatStillWaitsToo() {
        var bandwidth = new Bandwidth(0);
        assertThat(bandwidth.take(1000, 1000, 0)).isEqualTo(9 * SECOND / 10);
        assertThat(bandwidth.take(10_000, 1000, 0)).isEqualTo(SECOND / 10);
        // One byte per second was a mistake: what it held up is no matter once it is mended.
        assertThat(bandwidth.take(1, 100_000, SECOND)).isGreaterThan(90_000 * SECOND);
        assertThat(bandwidth.take(5_000_000, 1, SECOND)).isZero();
    }
}
