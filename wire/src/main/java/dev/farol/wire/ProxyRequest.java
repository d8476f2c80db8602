package dev.farol.wire;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** The head of a request, as a {@link ProxyPolicy} sees it. The body is never shown. */
public interface ProxyRequest {
    String method();

    /** {@code HTTP/1.0}, {@code HTTP/1.1} or {@code HTTP/2}: what the client speaks. */
    String protocol();

    /**
     * As it came, still percent-encoded, without the query; starts with a slash, or is {@code *}.
     */
    String path();

    /** As it came, without the question mark; empty when there is none. */
    String query();

    /** The authority that the client asked for, with its port; empty when it named none. */
    String host();

    /** What the client called this server when it set up TLS; empty when it did neither. */
    String serverName();

    /** The first value of a header; names compare without regard to case. */
    @Nullable String header(String name);

    /** Every value of a header, in their order; names compare without regard to case. */
    List<String> headers(String name);

    String remoteAddress();

    /** When the head came, in nanoseconds, as {@link System#nanoTime} tells it. */
    long arrived();
}
