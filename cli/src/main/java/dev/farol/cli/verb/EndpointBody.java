package dev.farol.cli.verb;

import dev.farol.cli.doc.Tree;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The body of an endpoint's PUT, of checked values. */
final class EndpointBody {
    private EndpointBody() {}

    static Map<String, @Nullable Object> of(Map<String, @Nullable Object> values, String location) {
        Map<String, @Nullable Object> properties =
                Tree.of(
                        "authMode", Tree.textOr(values, "auth_mode", "Key"),
                        "properties", Tree.map(values, "properties"),
                        "mirrorTraffic", shares(values, "mirror_traffic", true),
                        "traffic", shares(values, "traffic", false));
        String description = Tree.text(values, "description");
        if (description != null) {
            properties.put("description", description);
        }
        String access = Tree.text(values, "public_network_access");
        if (access != null) {
            properties.put("publicNetworkAccess", access);
        }
        return Tree.of(
                "tags",
                Tree.map(values, "tags"),
                "location",
                location,
                "identity",
                identity(values),
                "properties",
                properties);
    }

    /** Names in lower case, and no zeros where absence means the same. */
    private static Map<String, @Nullable Object> shares(
            Map<String, @Nullable Object> values, String key, boolean zeros) {
        Map<String, @Nullable Object> shares = Tree.of();
        Tree.map(values, key)
                .forEach(
                        (name, share) -> {
                            if (zeros || (share instanceof Number n && n.longValue() != 0)) {
                                shares.put(name.toLowerCase(Locale.ROOT), share);
                            }
                        });
        return shares;
    }

    static Map<String, @Nullable Object> identity(Map<String, @Nullable Object> values) {
        Object given = Tree.at(values, "identity");
        Map<String, @Nullable Object> identity =
                Tree.of("type", Tree.textOr(given, "type", "SystemAssigned"));
        List<?> assigned = Tree.list(given, "user_assigned_identities");
        if (!assigned.isEmpty()) {
            Map<String, @Nullable Object> ids = Tree.of();
            assigned.forEach(one -> ids.put(Tree.textOr(one, "resource_id", ""), Tree.of()));
            identity.put("userAssignedIdentities", ids);
        }
        return identity;
    }
}
