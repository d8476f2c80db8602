package dev.farol.wire.proxy;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;

/** Tells the target who asked, and for what. */
final class ForwardedHeaders {
    private static final AsciiString FOR = AsciiString.cached("x-forwarded-for");
    private static final AsciiString PROTO = AsciiString.cached("x-forwarded-proto");
    private static final AsciiString HOST = AsciiString.cached("x-forwarded-host");

    private ForwardedHeaders() {}

    /** A proxy in front of this one knows the scheme and host better: what it said stays. */
    static void add(HttpHeaders headers, RequestHead head, boolean secure) {
        HopHeaders.stripNotes(headers);
        String before = headers.get(FOR);
        String remote = head.remoteAddress();
        LineHeaders.setPlain(
                headers, FOR, before == null || before.isEmpty() ? remote : before + ", " + remote);
        if (!headers.contains(PROTO)) {
            LineHeaders.setPlain(headers, PROTO, secure ? "https" : "http");
        }
        if (!headers.contains(HOST) && !head.host().isEmpty()) {
            LineHeaders.setPlain(headers, HOST, head.host());
        }
        headers.remove(HttpHeaderNames.EXPECT);
    }
}
