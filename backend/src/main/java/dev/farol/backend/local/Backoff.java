package dev.farol.backend.local;

import java.time.Duration;

/** The pause before the next try: none once, then doubling from {@code first} to {@code max}. */
final class Backoff {
    private final Duration first;
    private final Duration max;
    private int failures;

    Backoff(Duration first, Duration max) {
        this.first = first;
        this.max = max;
    }

    /** After a run that had been good: the first time at once. */
    Duration afterCrash() {
        int before = failures++;
        return before == 0 ? Duration.ZERO : doubled(before - 1);
    }

    /** After a start that never was: a pause from the first time on. */
    Duration afterFailedStart() {
        return doubled(failures++);
    }

    void reset() {
        failures = 0;
    }

    private Duration doubled(int times) {
        Duration pause = first;
        for (int i = 0; i < times && pause.compareTo(max) < 0; i++) {
            pause = pause.multipliedBy(2);
        }
        return pause.compareTo(max) < 0 ? pause : max;
    }
}
