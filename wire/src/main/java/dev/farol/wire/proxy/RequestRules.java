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
import org.jspecify.annotations.Nullable;

/** Which requests are refused before anyone looks at them (RFC 9112, 3.2 and 6.3). */
final class RequestRules {
    private RequestRules() {}

    static @Nullable Problem fault(HttpRequest request) {
        var headers = request.headers();
        boolean oldClient = HttpVersion.HTTP_1_0.equals(request.protocolVersion());
        if (!oldClient && !HttpVersion.HTTP_1_1.equals(request.protocolVersion())) {
            return refused("The protocol version is not one of HTTP/1.0, HTTP/1.1 and HTTP/2.");
        }
        if (HttpMethod.CONNECT.equals(request.method())) {
            return refused("This is no proxy for CONNECT.");
        }
        List<String> hosts = headers.getAll(HttpHeaderNames.HOST);
        if (hosts.size() > 1 || (hosts.isEmpty() && !oldClient)) {
            return refused("The request has " + hosts.size() + " Host headers (expected: one).");
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
        return null;
    }

    private static Problem refused(String message) {
        return Problem.of(ErrorCode.INVALID_ARGUMENT, message);
    }

    /** The answer to bytes that are not a request. */
    static ProxyAnswer refusal(@Nullable Throwable cause) {
        return switch (cause) {
            case TooLongHttpLineException tooLong ->
                    plain(414, "The request line is longer than this server reads.");
            case TooLongHttpHeaderException tooLong ->
                    plain(431, "The headers are longer than this server reads.");
            case null, default ->
                    ProblemJson.answer(refused("The request is not well-formed HTTP."));
        };
    }

    private static ProxyAnswer plain(int status, String text) {
        return new ProxyAnswer(
                status,
                Headers.of("Content-Type", "text/plain; charset=utf-8"),
                text.getBytes(StandardCharsets.UTF_8));
    }
}
