package dev.farol.wire.proxy;

import dev.farol.wire.HeaderEdit;
import io.netty.handler.codec.http.HttpHeaders;
import org.jspecify.annotations.Nullable;

/** The headers of a message, as a policy may edit them. */
record NettyHeaders(HttpHeaders headers) implements HeaderEdit {
    @Override
    public @Nullable String get(String name) {
        return headers.get(HeaderName.of(name));
    }

    @Override
    public void set(String name, String value) {
        headers.set(HeaderName.of(name), value);
    }

    @Override
    public void setPlain(String name, String value) {
        LineHeaders.setPlain(headers, HeaderName.of(name), value);
    }

    @Override
    public void remove(String name) {
        headers.remove(HeaderName.of(name));
    }
}
