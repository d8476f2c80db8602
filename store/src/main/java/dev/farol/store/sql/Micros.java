package dev.farol.store.sql;

import java.time.Instant;
import java.time.temporal.ChronoUnit;

/** Times as they are kept: whole microseconds since 1970. */
public final class Micros {
    private Micros() {}

    public static long of(Instant time) {
        return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }

    public static Instant read(long micros) {
        return Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
    }
}
