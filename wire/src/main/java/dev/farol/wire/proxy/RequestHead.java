package dev.farol.wire.proxy;

import dev.farol.wire.ProxyRequest;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The head of a request; an absolute request target is taken apart (RFC 9112, 3.2.2). */
record RequestHead(
        HttpRequest request,
        boolean multiplexed,
        String path,
        String query,
        String host,
        String serverName,
        String remoteAddress,
        long arrived)
        implements ProxyRequest {
    /**
     * @param named what the Host header says; empty when there is none
     * @param arrived monotonic, in nanoseconds
     */
    static RequestHead of(
            HttpRequest request,
            boolean multiplexed,
            String named,
            String remoteAddress,
            @Nullable String serverName,
            long arrived) {
        String target = request.uri();
        String host = named;
        if (!target.startsWith("/") && !target.equals("*")) {
            host = authority(target);
            String rest = target.substring(target.indexOf("://") + 3 + host.length());
            target = rest.startsWith("/") ? rest : "/" + rest;
        }
        int question = target.indexOf('?');
        return new RequestHead(
                request,
                multiplexed,
                question < 0 ? target : target.substring(0, question),
                question < 0 ? "" : target.substring(question + 1),
                host,
                serverName == null ? "" : serverName,
                remoteAddress,
                arrived);
    }

    /** The address of a peer as text; empty when it has none. */
    static String address(@Nullable SocketAddress remote) {
        return remote instanceof InetSocketAddress inet && inet.getAddress() != null
                ? inet.getAddress().getHostAddress()
                : "";
    }

    /** The host and port of an absolute request target. */
    static String authority(String target) {
        int from = target.indexOf("://") + 3;
        int end = from;
        while (end < target.length() && target.charAt(end) != '/' && target.charAt(end) != '?') {
            end++;
        }
        return target.substring(from, end);
    }

    @Override
    public String protocol() {
        return multiplexed ? "HTTP/2" : request.protocolVersion().text();
    }

    @Override
    public String method() {
        return request.method().name();
    }

    @Override
    public @Nullable String header(String name) {
        return request.headers().get(HeaderName.of(name));
    }

    @Override
    public List<String> headers(String name) {
        return request.headers().getAll(HeaderName.of(name));
    }
}
