package dev.farol.wire;

/** Slows bodies down. Called on several event loops at once: it must not block. */
@FunctionalInterface
public interface Throttle {
    /**
     * Takes the place of so many bytes of a body, of either direction.
     *
     * @param now monotonic, in nanoseconds
     * @return how long the bytes are to wait, in nanoseconds; 0 when they may pass
     */
    long take(int bytes, long now);
}
