package dev.farol.wire.proxy;

import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpResponse;

/** Whoever uses a connection to a target, for one request. */
interface UpstreamUser {
    /** Owns {@code upstream} from now on; may give it back at once. */
    void connected(Upstream upstream);

    void connectFailed();

    /**
     * The head of the final answer; informational ones are not told.
     *
     * @param alone nothing follows but the end, of which {@link #content} still tells
     */
    void head(HttpResponse response, boolean alone);

    /** Whether the target may answer with 101; what follows then is told to {@link #bytes}. */
    default boolean mayUpgrade() {
        return false;
    }

    /** Owns {@code piece} from now on. */
    default void bytes(ByteBuf piece) {
        piece.release();
    }

    /** Owns {@code content} from now on. The last one ends the answer. */
    void content(HttpContent content);

    /** All that had arrived was told. */
    void readComplete();

    /** The time that was named to {@link Upstream#wakeAt} has come. */
    default void late() {}

    /** The connection takes bytes again. */
    void writable();

    /** The connection broke, or carried what is not HTTP, before the answer was complete. */
    void gone();
}
