package dev.farol.wire;

/** A server of frames on a Unix domain socket: four bytes of length, big-endian, then as many. */
public interface FrameServer extends AutoCloseable {
    /** Ends all connections and removes the socket. Returns at once. */
    @Override
    void close();
}
