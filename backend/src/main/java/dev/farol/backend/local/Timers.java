package dev.farol.backend.local;

import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;

/** When what is due, on the clock of {@link System#nanoTime}. Not thread-safe. */
final class Timers {
    /** What a supervisor waits for. */
    enum Timer {
        START_PROBE,
        READINESS,
        LIVENESS,
        METER,
        START_OVERDUE,
        PAUSE,
        HEALTHY,
        DRAIN
    }

    private static final Duration LONGEST = Duration.ofDays(1);

    private final EnumMap<Timer, Long> due = new EnumMap<>(Timer.class);

    void set(Timer timer, long now, Duration in) {
        due.put(timer, now + in.toNanos());
    }

    /** Brings the timer forward to {@code in} from now, if it would be later. */
    void setAtMost(Timer timer, long now, Duration in) {
        due.merge(timer, now + in.toNanos(), (old, wanted) -> old - wanted < 0 ? old : wanted);
    }

    void cancel(Timer timer) {
        due.remove(timer);
    }

    void clear() {
        due.clear();
    }

    /** Nanoseconds until the next one, zero when one is due already. */
    long untilNext(long now) {
        long wait = LONGEST.toNanos();
        for (long at : due.values()) {
            wait = Math.min(wait, Math.max(0, at - now));
        }
        return wait;
    }

    /** Takes out what is due. */
    List<Timer> takeDue(long now) {
        var ripe = new ArrayList<Timer>();
        due.entrySet()
                .removeIf(
                        entry -> {
                            boolean isDue = entry.getValue() - now <= 0;
                            if (isDue) {
                                ripe.add(entry.getKey());
                            }
                            return isDue;
                        });
        return ripe;
    }
}
