package dev.farol.wire;

/** Where a request is forwarded to: a server without TLS, and what it speaks. */
public record Target(String host, int port, Protocol protocol) {
    /** What a target speaks. */
    public enum Protocol {
        HTTP_1,
        /** With prior knowledge, many requests at once on a connection. */
        HTTP_2
    }

    /** One that speaks HTTP/1.1. */
    public Target(String host, int port) {
        this(host, port, Protocol.HTTP_1);
    }

    /** The form of a Host header. */
    public String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
