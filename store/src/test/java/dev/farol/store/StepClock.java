package dev.farol.store;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/** A clock that goes on only when told. */
public final class StepClock implements InstantSource {
    private final AtomicReference<Instant> now =
            new AtomicReference<>(Instant.parse("2026-01-02T03:04:05.123456789Z"));

    @Override
    public Instant instant() {
        return now.get();
    }

    public Instant forward(Duration step) {
        return now.updateAndGet(time -> time.plus(step));
    }
}
