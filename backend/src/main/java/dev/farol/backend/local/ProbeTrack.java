package dev.farol.backend.local;

import dev.farol.spec.ProbeSettings;

/** Counts the answers of one probe against its thresholds. Not thread-safe. */
final class ProbeTrack {
    private final ProbeSettings settings;
    private int failures;
    private int successes;

    ProbeTrack(ProbeSettings settings) {
        this.settings = settings;
    }

    ProbeSettings settings() {
        return settings;
    }

    void count(boolean answered) {
        successes = answered ? successes + 1 : 0;
        failures = answered ? 0 : failures + 1;
    }

    boolean passed() {
        return successes >= Math.max(1, settings.successThreshold());
    }

    boolean lost() {
        return failures >= Math.max(1, settings.failureThreshold());
    }

    int failures() {
        return failures;
    }

    void reset() {
        failures = 0;
        successes = 0;
    }
}
