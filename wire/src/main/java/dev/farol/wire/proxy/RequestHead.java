package dev.farol.wire.proxy;

import dev.farol.wire.ProxyRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/** The head of a request; an absolute request target is taken apart (RFC 9112, 3.2.2). */
record RequestHead(
        HttpRequest request, String path, String query, String host, String remoteAddress)
        implements ProxyRequest {
    static RequestHead of(HttpRequest request, @Nullable SocketAddress remote) {
        String target = request.uri();
        String host = request.headers().get(HttpHeaderNames.HOST, "");
        int scheme = target.startsWith("/") ? -1 : target.indexOf("://");
        if (scheme > 0) {
            int slash = target.indexOf('/', scheme + 3);
            int question = target.indexOf('?', scheme + 3);
            int end = slash < 0 || (question >= 0 && question < slash) ? question : slash;
            host = end < 0 ? target.substring(scheme + 3) : target.substring(scheme + 3, end);
            String rest = end < 0 ? "" : target.substring(end);
            target = rest.startsWith("/") ? rest : "/" + rest;
        }
        int question = target.indexOf('?');
        return new RequestHead(
                request,
                question < 0 ? target : target.substring(0, question),
                question < 0 ? "" : target.substring(question + 1),
                host,
                remote instanceof InetSocketAddress inet && inet.getAddress() != null
                        ? inet.getAddress().getHostAddress()
                        : "");
    }

    @Override
    public String method() {
        return request.method().name();
    }

    @Override
    public @Nullable String header(String name) {
        return request.headers().get(name);
    }
}
