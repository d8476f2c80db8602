package dev.farol.wire.proxy;

import dev.farol.kit.Json;
import dev.farol.wire.GrpcMessages;
import dev.farol.wire.GrpcStatus;
import dev.farol.wire.Headers;
import dev.farol.wire.ProxyAnswer;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** Answers of this server itself as callers of gRPC expect them: a status and no message. */
final class GrpcAnswers {
    private static final AsciiString GRPC = AsciiString.cached("application/grpc");

    private GrpcAnswers() {}

    /** Whether a request with these headers is a call of gRPC. */
    static boolean areAskedFor(HttpHeaders headers) {
        AsciiString name = HttpHeaderNames.CONTENT_TYPE;
        return !(headers instanceof LineHeaders lines && !lines.begins(name, GRPC))
                && GrpcMessages.isGrpc(headers.get(name));
    }

    static ProxyAnswer of(ProxyAnswer answer) {
        var headers = new Headers();
        answer.headers()
                .forEach(
                        (name, value) -> {
                            if (!name.equalsIgnoreCase("content-type")) {
                                headers.add(name, value);
                            }
                        });
        headers.add("content-type", "application/grpc");
        headers.add("grpc-status", Integer.toString(GrpcStatus.ofHttp(answer.status()).code()));
        String message = message(answer);
        if (!message.isEmpty()) {
            headers.add("grpc-message", GrpcMessages.encode(message));
        }
        return new ProxyAnswer(200, headers, new byte[0]);
    }

    /** What the envelope of an error says. */
    private static String message(ProxyAnswer answer) {
        try {
            JsonNode json = Json.STRICT.readTree(answer.body());
            JsonNode message = json.path("error").path("message");
            return (message.isString() ? message : json.path("message")).asString("");
        } catch (JacksonException noJson) {
            return "";
        }
    }
}
