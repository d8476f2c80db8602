package dev.farol.wire;

import java.nio.ByteBuffer;

/** Takes calls of gRPC, on the loop's thread. */
@FunctionalInterface
public interface GrpcHandler {
    /** A call begins. Must not block. */
    Receiver begin(GrpcCall call);

    /** Hears what the caller sends. */
    interface Receiver {
        /** A whole message, decompressed. */
        void message(ByteBuffer message);

        /** No more messages come. */
        void halfClosed();
    }
}
