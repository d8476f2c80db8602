package dev.farol.wire.proxy;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.Problem;
import dev.farol.wire.Headers;
import dev.farol.wire.ProblemJson;
import dev.farol.wire.ProxyAnswer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Which requests are refused before anyone looks at them (RFC 9112, 3.2 and 6.3). */
final class RequestRules {
    private RequestRules() {}

    /**
     * The answer to a request that is refused, or null.
     *
     * @param hosts all that its Host headers say
     */
    static @Nullable ProxyAnswer fault(
            HttpRequest request, List<String> hosts, int maxHeaderCount) {
        var headers = request.headers();
        if (headers.size() > maxHeaderCount) {
            return plain(431, "The request has more headers than this server reads.");
        }
        boolean oldClient = HttpVersion.HTTP_1_0.equals(request.protocolVersion());
        if (!oldClient && !HttpVersion.HTTP_1_1.equals(request.protocolVersion())) {
            return refused("The protocol version is not one of HTTP/1.0, HTTP/1.1 and HTTP/2.");
        }
        if (HttpMethod.CONNECT.equals(request.method())) {
            return refused("This is no proxy for CONNECT.");
        }
        if (hosts.size() > 1 || (hosts.isEmpty() && !oldClient)) {
            return refused("The request has " + hosts.size() + " Host headers (expected: one).");
        }
        String host = hosts.isEmpty() ? "" : hosts.getFirst();
        if (!isAuthority(host)) {
            return refused("The Host header is not a name or address with at most a port.");
        }
        String target = targetFault(request, hosts.isEmpty() ? null : host);
        if (target != null) {
            return refused(target);
        }
        List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
        if (!codings.isEmpty()
                && (oldClient
                        || codings.size() > 1
                        || !codings.getFirst().trim().equalsIgnoreCase("chunked"))) {
            return refused("The Transfer-Encoding is not just 'chunked'.");
        }
        List<String> expected = headers.getAll(HttpHeaderNames.EXPECT);
        if (!expected.isEmpty() && !expected.getFirst().trim().equalsIgnoreCase("100-continue")) {
            return refused("The only expectation that is met is '100-continue'.");
        }
        // With it, eight bytes of no declared length would follow the headers.
        return headers.contains(HttpHeaderNames.SEC_WEBSOCKET_KEY1)
                ? refused("This draft of WebSocket is not spoken (expected: RFC 6455).")
                : null;
    }

    /** What is wrong with the request target: its characters, its form, or whom it names. */
    private static @Nullable String targetFault(HttpRequest request, @Nullable String host) {
        String target = request.uri();
        for (int i = 0; i < target.length(); i++) {
            char each = target.charAt(i);
            if (each <= ' ' || each >= 0x7F || each == '#') {
                return "The request target has a character that must be percent-encoded.";
            }
        }
        if (target.startsWith("/")
                || (target.equals("*") && HttpMethod.OPTIONS.equals(request.method()))) {
            return null;
        }
        String lower = target.toLowerCase(Locale.ROOT);
        if (!lower.startsWith("http://") && !lower.startsWith("https://")) {
            return "The request target is neither a path nor an address of http or https.";
        }
        String named = RequestHead.authority(target);
        if (named.isEmpty() || !isAuthority(named)) {
            return "The request target names no host.";
        }
        return host == null || named.equalsIgnoreCase(host)
                ? null
                : "The request target and the Host header name different hosts.";
    }

    private static boolean isAuthority(String text) {
        for (int i = 0; i < text.length(); i++) {
            char each = text.charAt(i);
            boolean fits =
                    (each >= 'a' && each <= 'z')
                            || (each >= '0' && each <= '9')
                            || (each >= 'A' && each <= 'Z')
                            || ".-_:[]".indexOf(each) >= 0;
            if (!fits) {
                return false;
            }
        }
        return true;
    }

    private static ProxyAnswer refused(String message) {
        return ProblemJson.answer(Problem.of(ErrorCode.INVALID_ARGUMENT, message));
    }

    /** The answer to bytes that are not a request. */
    static ProxyAnswer refusal(@Nullable Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException tooLong ->
                    plain(414, "The request line is longer than this server reads.");
            case TooLongHttpHeaderException tooLong ->
                    plain(431, "The headers are longer than this server reads.");
            case null, default -> refused("The request is not well-formed HTTP.");
        };
    }

    private static ProxyAnswer plain(int status, String text) {
        return new ProxyAnswer(
                status,
                Headers.of("Content-Type", "text/plain; charset=utf-8"),
                text.getBytes(StandardCharsets.UTF_8));
    }
}
