package dev.farol.wire;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** One request and its answer. For the loop's thread only. */
public interface FaceExchange {
    /** Upper case. */
    String method();

    /** As it came, still percent-encoded, without the query. */
    String path();

    /** As it came, without the question mark; null when there is none. */
    @Nullable String query();

    /** The first value of the header; null when the request has none. */
    @Nullable String header(String name);

    /** All values of the header, separated by commas; null when the request has none. */
    @Nullable String joined(String name);

    /** A copy of all headers. */
    Headers headers();

    /** The whole body, read-only by agreement, its own view for each call. */
    ByteBuffer body();

    /**
     * Answers. Content-Length and Connection are the server's to set. Ignored when the client is
     * gone or the exchange has its answer.
     *
     * @param body must not change afterwards
     */
    void respond(int status, Headers headers, ByteBuffer body);

    /**
     * Begins an answer whose body comes in parts; ignored like {@link #respond}. Its length is
     * unknown unless the headers tell it.
     */
    void begin(int status, Headers headers);

    /**
     * A part of the body that began. Never refuses: look at {@link #writable} before.
     *
     * @param part must not change afterwards
     */
    void write(ByteBuffer part);

    /** Whether the client keeps up: little of what was written waits in this process. */
    boolean writable();

    /** Called once when it becomes writable again. Replaces an earlier one. */
    void onWritable(Runnable action);

    /** Ends the body that began. */
    void end();

    /** Breaks the answer off, so that the client sees that it is not whole. */
    void abort();

    /** Whether it has its answer, or nobody waits for one any more. */
    boolean ended();

    /**
     * Called once when the client goes away before it got its whole answer. Replaces an earlier
     * one.
     */
    void onGone(Runnable action);
}
