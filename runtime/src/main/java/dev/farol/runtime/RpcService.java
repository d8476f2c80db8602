package dev.farol.runtime;

import dev.farol.wire.GrpcStatus;
import java.nio.ByteBuffer;
import java.util.List;

/** What a model answers over gRPC. On the loop's thread. */
public interface RpcService {
    /**
     * What becomes of a call; {@link ModelRuntime.Route#NONE} is UNIMPLEMENTED.
     *
     * @param method {@code package.Service/Method}
     */
    ModelRuntime.Route route(String method);

    /** Whether a call of this method is a stream of messages, each with an answer of its own. */
    boolean streams(String method);

    /** Takes a message of a call. */
    void call(String method, ByteBuffer message, Listener listener);

    /** The answer of a stream to a message that failed; the stream goes on. */
    List<ByteBuffer> failure(String method, String message);

    /** Hears what became of a message, once, on the loop's thread, perhaps at once. */
    interface Listener {
        /**
         * @param message its parts in a row
         */
        void answered(List<ByteBuffer> message);

        void failed(GrpcStatus status, String message);
    }
}
