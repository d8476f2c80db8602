package dev.farol.wire;

import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One request that is forwarded: where to, for how long, and what its answer becomes. The proxy
 * calls it on the event loop of the request only, and {@link #done} last, exactly once.
 */
public non-sealed interface ProxyForward extends ProxyDecision {
    Target target();

    /** Path and query that the target is asked for. */
    String requestTarget();

    /**
     * From the whole request sent to the first byte of the answer; after that, the longest silence
     * within the answer that is not the client's own slowness.
     */
    Duration timeout();

    /**
     * The longest body, in bytes; of a length that the request announces nobody is asked here. A
     * body that passes it is {@link ProxyFailure#TOO_LARGE}, or, once the answer has begun, the end
     * of both.
     */
    default long bodyLimit() {
        return Long.MAX_VALUE;
    }

    /** The request's headers before they go to the target; hop-by-hop headers are gone already. */
    void requestHeaders(HeaderEdit headers);

    /**
     * Asked once per request when it goes out: who gets a copy of it, if anyone.
     *
     * @param whole false when the body is streamed or a tunnel is asked for, so that there is
     *     nothing to copy: answer null
     * @param now as {@link ProxyRequest#arrived}
     */
    @Nullable ProxyMirror mirror(boolean whole, long now);

    /**
     * Another target after one that could not be reached, asked at most once and only while the
     * request can go again; null to give up.
     */
    @Nullable Target retry();

    /**
     * The head of the target's answer: edits the headers and answers the status to send. 101 comes
     * only when the client asked for a tunnel, and stays.
     *
     * @param now as {@link ProxyRequest#arrived}
     */
    int responseHead(int status, HeaderEdit headers, long now);

    /** What the client is told when no answer came. */
    ProxyAnswer failed(ProxyFailure failure);

    /** What slows the bodies down, asked once per request; null when nothing does. */
    default @Nullable Throttle throttle() {
        return null;
    }

    /** What follows a body that was slowed down, in an answer that can have trailers. */
    default void trailers(HeaderEdit trailers, Duration requestDelay, Duration responseDelay) {}

    void done(ProxyOutcome outcome);
}
