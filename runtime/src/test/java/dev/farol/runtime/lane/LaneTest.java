package dev.farol.runtime.lane;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.spec.RequestSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LaneTest {
    private final List<String> story = new ArrayList<>();
    private long now;
    private Runnable alarm;
    private long alarmAt;
    private int armed;

    private Lane lane(int permits) {
        var settings = new RequestSettings(permits, Duration.ofMillis(500), Duration.ofSeconds(5));
        return new Lane(
                settings,
                () -> now,
                (delay, task) -> {
                    alarm = task;
                    alarmAt = now + delay.toNanos();
                    armed++;
                    return () -> alarm = null;
                });
    }

    private void advance(Duration by) {
        long end = now + by.toNanos();
        while (alarm != null && alarmAt <= end) {
            now = Math.max(now, alarmAt);
            var due = alarm;
            alarm = null;
            due.run();
        }
        now = end;
    }

    private Lane.Ride ride(String name) {
        return new Lane.Ride() {
            @Override
            protected void granted() {
                story.add(name + " runs");
            }

            @Override
            protected void shed() {
                story.add(name + " shed");
            }

            @Override
            protected void timedOut() {
                story.add(name + " late");
            }
        };
    }

    @Test
    void runsAsManyAsAllowedAndQueuesAsManyAgain() {
        var lane = lane(2);
        var first = ride("a");
        lane.enter(first);
        for (String name : List.of("b", "c", "d", "e")) {
            lane.enter(ride(name));
        }
        assertThat(story).containsExactly("a runs", "b runs", "e shed");
        lane.leave(first);
        assertThat(story).endsWith("c runs");
        assertThat(lane.running()).isEqualTo(2);
        assertThat(lane.waiting()).isEqualTo(1);
    }

    @Test
    void shedsWhoWaitedTooLong() {
        var lane = lane(1);
        lane.enter(ride("a"));
        lane.enter(ride("b"));
        advance(Duration.ofMillis(499));
        assertThat(story).containsExactly("a runs");
        advance(Duration.ofMillis(1));
        assertThat(story).containsExactly("a runs", "b shed");
        assertThat(lane.waiting()).isZero();
    }

    @Test
    void endsTheWaitForASlowOneAndLetsTheNextRun() {
        var lane = lane(1);
        var slow = ride("slow");
        lane.enter(slow);
        advance(Duration.ofMillis(4_800));
        lane.enter(ride("next"));
        advance(Duration.ofMillis(200));
        assertThat(story).containsExactly("slow runs", "slow late", "next runs");
        lane.leave(slow);
        assertThat(lane.running()).isEqualTo(1);
    }

    @Test
    void forgetsWhoGaveUpWaiting() {
        var lane = lane(1);
        var a = ride("a");
        var b = ride("b");
        lane.enter(a);
        lane.enter(b);
        lane.leave(b);
        lane.enter(ride("c"));
        lane.leave(a);
        assertThat(story).containsExactly("a runs", "c runs");
        lane.leave(b);
        assertThat(lane.running()).isEqualTo(1);
    }

    @Test
    void needsFewTimersUnderSteadyTraffic() {
        var lane = lane(1);
        for (int i = 0; i < 10_000; i++) {
            var ride = ride("r");
            lane.enter(ride);
            advance(Duration.ofMillis(1));
            lane.leave(ride);
        }
        assertThat(story).hasSize(10_000).doesNotContain("r late");
        assertThat(armed).isLessThan(10);
    }

    @Test
    void losesNoPermitWhateverHappens() {
        var random = new Random(11);
        var lane = lane(3);
        var rides = new ArrayList<Lane.Ride>();
        for (int i = 0; i < 20_000; i++) {
            switch (random.nextInt(3)) {
                case 0 -> {
                    var ride = ride("x");
                    rides.add(ride);
                    lane.enter(ride);
                }
                case 1 -> {
                    if (!rides.isEmpty()) {
                        lane.leave(rides.remove(random.nextInt(rides.size())));
                    }
                }
                default -> advance(Duration.ofMillis(random.nextInt(1_000)));
            }
            assertThat(lane.running()).isBetween(0, 3);
            assertThat(lane.waiting()).isBetween(0, 3);
            assertThat(lane.waiting() == 0 || lane.running() == 3).isTrue();
        }
        rides.forEach(lane::leave);
        assertThat(lane.running() + lane.waiting()).isZero();
    }
}
