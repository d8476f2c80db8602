package dev.farol.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.local.Timers.Timer;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class TimersTest {
    private static final long NOW = Long.parseLong("9223372036854775802");

    private final Timers timers = new Timers();

    @Test
    void givesEachOnceAndOnlyWhenDueEvenWhenTheClockWrapsRound() {
        timers.set(Timer.METER, NOW, Duration.ofNanos(3));
        timers.set(Timer.DRAIN, NOW, Duration.ofNanos(20));
        assertThat(timers.untilNext(NOW)).isEqualTo(3);
        assertThat(timers.takeDue(NOW + 2)).isEmpty();
        assertThat(timers.takeDue(NOW + 10)).containsExactly(Timer.METER);
        assertThat(timers.takeDue(NOW + 10)).isEmpty();
        assertThat(timers.takeDue(NOW + 20)).containsExactly(Timer.DRAIN);
    }

    @Test
    void canOnlyBeBroughtForward() {
        timers.set(Timer.DRAIN, NOW, Duration.ofSeconds(5));
        timers.setAtMost(Timer.DRAIN, NOW, Duration.ofSeconds(9));
        assertThat(timers.untilNext(NOW)).isEqualTo(Duration.ofSeconds(5).toNanos());
        timers.setAtMost(Timer.DRAIN, NOW, Duration.ofSeconds(1));
        assertThat(timers.untilNext(NOW)).isEqualTo(Duration.ofSeconds(1).toNanos());
    }
}
