package dev.farol.wire.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Removes what belongs to one connection only (RFC 9110, 7.6.1). */
final class HopHeaders {
    private static final List<CharSequence> NAMES =
            List.of(
                    HttpHeaderNames.CONNECTION,
                    "keep-alive",
                    "proxy-connection",
                    "proxy-authenticate",
                    "proxy-authorization",
                    HttpHeaderNames.TE,
                    HttpHeaderNames.UPGRADE);

    /** What a Connection header may not name: they frame or route the message. */
    private static final Set<String> KEPT = Set.of("content-length", "host", "transfer-encoding");

    private HopHeaders() {}

    /** Transfer-Encoding and Content-Length stay: whoever writes the message sets its framing. */
    static void strip(HttpHeaders headers) {
        if (headers.contains(HttpHeaderNames.CONNECTION)) {
            for (String value : headers.getAll(HttpHeaderNames.CONNECTION)) {
                for (String named : value.split(",", -1)) {
                    String name = named.trim().toLowerCase(Locale.ROOT);
                    if (!name.isEmpty() && !KEPT.contains(name)) {
                        headers.remove(name);
                    }
                }
            }
        }
        for (CharSequence name : NAMES) {
            headers.remove(name);
        }
    }
}
