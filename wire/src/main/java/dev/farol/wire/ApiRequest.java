package dev.farol.wire;

import java.io.InputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/**
 * A request to an {@link ApiHandler}.
 *
 * @param method upper case
 * @param path as it came, still percent-encoded, without the query
 * @param query as it came, without the question mark; empty when there is none
 * @param host the Host or :authority header: what the client calls this server, with its port
 * @param body the body as it arrives, with back-pressure; ends at the body's end, throws when the
 *     client goes away
 * @param contentLength in bytes, or -1 when unknown
 */
public record ApiRequest(
        String method,
        String path,
        String query,
        String host,
        Headers headers,
        InputStream body,
        long contentLength,
        String remoteAddress) {
    /** The first value of a query parameter, decoded; names compare without regard to case. */
    public Optional<String> parameter(String name) {
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            String key = decode(equals < 0 ? pair : pair.substring(0, equals));
            if (key.equalsIgnoreCase(name)) {
                return Optional.of(equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        return Optional.empty();
    }

    private static String decode(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }
}
