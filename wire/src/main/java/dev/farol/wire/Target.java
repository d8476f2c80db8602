package dev.farol.wire;

/** Where a request is forwarded to: a server without TLS, and what it speaks. */
public record Target(String host, int port, Protocol protocol) {
    /** What a target speaks. */
    public enum Protocol {
        HTTP_1,
        /** With prior knowledge, many requests at once on a connection. */
        HTTP_2,
        /** Both: HTTP/1.1, and HTTP/2 with prior knowledge for calls of gRPC. */
        HTTP_1_AND_GRPC
    }

    /** One that speaks HTTP/1.1. */
    public Target(String host, int port) {
        this(host, port, Protocol.HTTP_1);
    }

    /**
     * The same, as it is spoken to for one request.
     *
     * @param grpc whether the request is a call of gRPC
     */
    public Target spoken(boolean grpc) {
        return protocol == Protocol.HTTP_1_AND_GRPC
                ? new Target(host, port, grpc ? Protocol.HTTP_2 : Protocol.HTTP_1)
                : this;
    }

    /** The form of a Host header. */
    public String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
