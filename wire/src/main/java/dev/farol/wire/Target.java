package dev.farol.wire;

/** Where a request is forwarded to: an HTTP/1.1 server without TLS. */
public record Target(String host, int port) {
    /** The form of a Host header. */
    public String authority() {
        return (host.indexOf(':') >= 0 ? "[" + host + "]" : host) + ":" + port;
    }
}
