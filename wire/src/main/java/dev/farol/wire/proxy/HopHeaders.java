package dev.farol.wire.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaderValues;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http2.HttpConversionUtil.ExtensionHeaderNames;
import io.netty.util.AsciiString;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** Removes what belongs to one connection only (RFC 9110, 7.6.1). */
final class HopHeaders {
    private static final List<CharSequence> NAMES =
            List.of(
                    HttpHeaderNames.CONNECTION,
                    AsciiString.cached("keep-alive"),
                    AsciiString.cached("proxy-connection"),
                    HttpHeaderNames.PROXY_AUTHENTICATE,
                    HttpHeaderNames.PROXY_AUTHORIZATION,
                    HttpHeaderNames.TE,
                    HttpHeaderNames.UPGRADE);

    /** What Netty adds to a message that came over HTTP/2. */
    private static final List<CharSequence> NOTES =
            Stream.of(ExtensionHeaderNames.values())
                    .<CharSequence>map(ExtensionHeaderNames::text)
                    .toList();

    /** What a Connection header may not name: they frame or route the message. */
    private static final Set<String> KEPT = Set.of("content-length", "host", "transfer-encoding");

    private static final long NAMES_BITS = LineHeaders.bits(NAMES);
    private static final long NOTES_BITS = LineHeaders.bits(NOTES);

    private HopHeaders() {}

    /** Transfer-Encoding and Content-Length stay: whoever writes the message sets its framing. */
    static void strip(HttpHeaders headers) {
        if (headers instanceof LineHeaders lines && !lines.mayHaveAny(NAMES_BITS)) {
            return;
        }
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

    static void stripNotes(HttpHeaders headers) {
        if (headers instanceof LineHeaders lines && !lines.mayHaveAny(NOTES_BITS)) {
            return;
        }
        for (CharSequence name : NOTES) {
            headers.remove(name);
        }
    }

    /** Whether the client asks to switch to WebSocket, the only protocol that is let through. */
    static boolean asksForWebSocket(HttpRequest request) {
        HttpHeaders headers = request.headers();
        return headers.contains(HttpHeaderNames.UPGRADE)
                && headers.getAll(HttpHeaderNames.UPGRADE).size() == 1
                && headers.contains(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET, true)
                && headers.containsValue(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE, true)
                && !headers.contains(HttpHeaderNames.TRANSFER_ENCODING)
                && HttpUtil.getContentLength(request, 0L) == 0;
    }

    /** Asks for WebSocket, or agrees to it, on the next connection. */
    static void upgrade(HttpHeaders headers) {
        headers.set(HttpHeaderNames.CONNECTION, HttpHeaderValues.UPGRADE);
        headers.set(HttpHeaderNames.UPGRADE, HttpHeaderValues.WEBSOCKET);
    }
}
