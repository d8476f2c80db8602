package dev.farol.control;

import java.net.URI;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Where callers reach the data plane. A gateway that listens on this machine is called by the name
 * that the client used for the control plane; one with a name of its own keeps it.
 */
public final class GatewayAddress {
    private static final Set<String> LOCAL =
            Set.of("127.0.0.1", "localhost", "[::1]", "0.0.0.0", "[::]");

    private final Supplier<URI> base;

    /**
     * @param base scheme, host and port, read at each use: the port may be known late
     */
    public GatewayAddress(Supplier<URI> base) {
        this.base = base;
    }

    /**
     * The base for a client that called the control plane {@code host}, without a slash at the end.
     */
    public String base(String host) {
        URI uri = base.get();
        String name = LOCAL.contains(uri.getHost()) ? name(host) : uri.getHost();
        return uri.getScheme() + "://" + name + (uri.getPort() < 0 ? "" : ":" + uri.getPort());
    }

    private static String name(String host) {
        int colon = host.lastIndexOf(':');
        return colon > host.lastIndexOf(']') ? host.substring(0, colon) : host;
    }
}
