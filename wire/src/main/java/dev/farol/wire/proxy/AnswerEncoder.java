package dev.farol.wire.proxy;

import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseEncoder;

/** Writes answers; the one to a HEAD request keeps its headers and has no body. */
final class AnswerEncoder extends HttpResponseEncoder {
    private boolean head;

    /** Whether the next answer is one to a HEAD request. */
    void expectHead(boolean head) {
        this.head = head;
    }

    @Override
    protected boolean isContentAlwaysEmpty(HttpResponse response) {
        return (head && response.status().code() >= 200) || super.isContentAlwaysEmpty(response);
    }
}
