package dev.farol.gateway;

import dev.farol.wire.Headers;
import dev.farol.wire.ProxyRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A request as a policy sees it, made of its headers alone. */
record Asking(Headers headers) implements ProxyRequest {
    static Asking with(String... namesAndValues) {
        return new Asking(Headers.of(namesAndValues));
    }

    @Override
    public String method() {
        return "POST";
    }

    @Override
    public String protocol() {
        return "HTTP/1.1";
    }

    @Override
    public String path() {
        return "/score";
    }

    @Override
    public String query() {
        return "";
    }

    @Override
    public String host() {
        return "h";
    }

    @Override
    public String serverName() {
        return "";
    }

    @Override
    public @Nullable String header(String name) {
        return headers.first(name).orElse(null);
    }

    @Override
    public List<String> headers(String name) {
        return headers.all(name);
    }

    @Override
    public String remoteAddress() {
        return "127.0.0.1";
    }

    @Override
    public long arrived() {
        return System.nanoTime();
    }
}
