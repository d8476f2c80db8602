package dev.farol.wire;

import java.time.Duration;

/** A copy of a request that goes to another target, whose answer nobody reads. */
public interface ProxyMirror {
    Target target();

    String requestTarget();

    Duration timeout();

    void requestHeaders(HeaderEdit headers);

    /**
     * Called last, exactly once.
     *
     * @param status what the target answered, or -1 when no whole answer came
     */
    void done(int status);
}
