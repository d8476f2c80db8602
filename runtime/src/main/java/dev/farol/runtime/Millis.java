package dev.farol.runtime;

/** Milliseconds with three decimals, the way Azure ML's server writes them. */
public final class Millis {
    private Millis() {}

    /** {@code 12345} becomes {@code 12.345}. */
    public static String of(long micros) {
        long rest = micros % 1000;
        return micros / 1000 + (rest < 10 ? ".00" : rest < 100 ? ".0" : ".") + rest;
    }
}
