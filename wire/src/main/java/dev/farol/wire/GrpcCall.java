package dev.farol.wire;

import java.nio.ByteBuffer;
import java.util.List;

/** A call of gRPC and its answer. For the loop's thread only. */
public interface GrpcCall {
    /** {@code package.Service/Method}. */
    String method();

    /** A copy of its metadata. */
    Headers headers();

    /**
     * Sends a message. Ignored once the call has ended.
     *
     * @param parts of the message, in a row; must not change afterwards
     */
    void send(List<ByteBuffer> parts);

    /** Ends the call; nothing more is received. Ignored once it has ended. */
    void close(GrpcStatus status, String message);

    /** Whether it has its status, or nobody waits for one any more. */
    boolean ended();

    /** Lets no more messages come than those that are here already. */
    void pause();

    /** Lets messages come again. */
    void resume();

    /** Called once when the caller goes away, cancels, or runs out of its own deadline. */
    void onGone(Runnable action);
}
