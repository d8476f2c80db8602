package dev.farol.gateway;

import dev.farol.spec.AuthMode;
import dev.farol.spec.RoutingSnapshot;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/** What must hold in a snapshot for requests to be routed by it. */
final class SnapshotRules {
    private static final int MAX_MIRROR = 50;

    private SnapshotRules() {}

    /** All violations, each a sentence that names the value. */
    static List<String> violations(Map<String, RoutingSnapshot.Endpoint> endpoints) {
        var found = new ArrayList<String>();
        endpoints.forEach((key, endpoint) -> endpoint(key, endpoint, found));
        return found;
    }

    static List<String> violations(RoutingSnapshot.Authority authority) {
        var found = new ArrayList<String>();
        authority.issuers().forEach(issuer -> issuer.keys().forEach(key -> tokenKey(key, found)));
        return found;
    }

    private static void tokenKey(RoutingSnapshot.TokenKey key, List<String> found) {
        try {
            var _ = TokenCheck.decoded(key);
        } catch (IllegalArgumentException none) {
            found.add(none.getMessage());
        }
    }

    private static void endpoint(
            String key, RoutingSnapshot.Endpoint endpoint, List<String> found) {
        String at = "endpoint " + key + ": ";
        if (!key.equals(endpoint.name().toLowerCase(Locale.ROOT))) {
            found.add(at + "is filed under another name than its own, " + endpoint.name());
        }
        if (endpoint.authMode() == AuthMode.KEY && endpoint.keyDigests().isEmpty()) {
            found.add(at + "has no key (expected: at least one for auth mode Key)");
        }
        Set<String> names = Set.copyOf(endpoint.deployments().keySet());
        int sum = percents(at + "traffic", endpoint.traffic(), names, 100, found);
        if (sum != 0 && sum != 100) {
            found.add(at + "traffic sums to " + sum + " (expected: 0 or 100)");
        }
        percents(at + "mirror", endpoint.mirror(), names, MAX_MIRROR, found);
        endpoint.deployments()
                .forEach((name, deployment) -> deployment(at, name, deployment, found));
    }

    private static int percents(
            String at,
            Map<String, Integer> percents,
            Set<String> names,
            int max,
            List<String> found) {
        int sum = 0;
        var seen = new HashSet<String>();
        for (var entry : percents.entrySet()) {
            String name = entry.getKey().toLowerCase(Locale.ROOT);
            if (!seen.add(name)) {
                found.add(at + " names '" + name + "' twice");
            }
            if (entry.getValue() < 0 || entry.getValue() > max) {
                found.add(
                        at
                                + " of '"
                                + name
                                + "': "
                                + entry.getValue()
                                + " (expected: 0 to "
                                + max
                                + ")");
            }
            if (entry.getValue() > 0 && !names.contains(name)) {
                found.add(at + " names '" + name + "', which is no deployment");
            }
            sum += entry.getValue();
        }
        return sum;
    }

    private static void deployment(
            String at, String key, RoutingSnapshot.Deployment deployment, List<String> found) {
        String where = at + "deployment " + key + ": ";
        if (!key.equals(deployment.name().toLowerCase(Locale.ROOT))) {
            found.add(where + "is filed under another name than its own, " + deployment.name());
        }
        if (!deployment.scoringPath().startsWith("/")) {
            found.add(where + "scoring path '" + deployment.scoringPath() + "' (expected: /…)");
        }
        var settings = deployment.requestSettings();
        if (settings.maxConcurrentRequestsPerInstance() < 1) {
            found.add(
                    where
                            + "max concurrent requests: "
                            + settings.maxConcurrentRequestsPerInstance()
                            + " (expected: >= 1)");
        }
        if (!settings.requestTimeout().isPositive()) {
            found.add(where + "request timeout: " + settings.requestTimeout() + " (expected: > 0)");
        }
        for (var instance : deployment.instances()) {
            if (instance.host().isBlank() || instance.port() < 1 || instance.port() > 65_535) {
                found.add(where + "instance " + instance.id() + " has no address");
            }
        }
    }
}
