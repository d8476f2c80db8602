package dev.farol.gateway;

import dev.farol.wire.ProxyRequest;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * What a request's host and path name: an endpoint, by {@code {name}.{region}.inference.<domain>}
 * or by {@code /api/v1/endpoint/{name}/…}, and the path that goes on to the instance.
 *
 * @param endpoint {@code name.region} when {@code byHost}, else the name; in lower case
 * @param scoring whether the path is the path form's {@code /score}, which stands for whatever path
 *     the deployment scores at
 */
record Address(String endpoint, boolean byHost, String path, boolean scoring) {
    private static final String PREFIX = "/api/v1/endpoint/";
    private static final String SCORE = "/score";
    private static final String MARK = ".inference.";

    /** A client that names an endpoint in no other way may have named it when it set up TLS. */
    static @Nullable Address of(ProxyRequest request) {
        Address address = of(request.host(), request.path());
        return address == null && !request.serverName().isEmpty()
                ? of(request.serverName(), request.path())
                : address;
    }

    /** Null when the request is to the gateway itself. */
    static @Nullable Address of(String host, String path) {
        int mark = host.indexOf('.') < 0 ? -1 : host.toLowerCase(Locale.ROOT).indexOf(MARK);
        if (mark > 0 && host.length() > mark + MARK.length()) {
            return new Address(host.substring(0, mark).toLowerCase(Locale.ROOT), true, path, false);
        }
        if (!path.startsWith(PREFIX)) {
            return null;
        }
        int end = path.indexOf('/', PREFIX.length());
        String name =
                end < 0 ? path.substring(PREFIX.length()) : path.substring(PREFIX.length(), end);
        boolean scoring = end > 0 && path.length() == end + SCORE.length() && path.endsWith(SCORE);
        String rest = scoring ? SCORE : end < 0 ? "/" : path.substring(end);
        return name.isEmpty()
                ? null
                : new Address(name.toLowerCase(Locale.ROOT), false, rest, scoring);
    }

    @Nullable RoutedEndpoint in(RouteTable table) {
        return byHost ? table.hosted(endpoint) : table.named(endpoint);
    }

    /** What an instance of the deployment is asked for. */
    String requestTarget(RoutedDeployment deployment, String query) {
        String asked = scoring ? deployment.scoringPath() : path;
        return query.isEmpty() ? asked : asked + "?" + query;
    }
}
