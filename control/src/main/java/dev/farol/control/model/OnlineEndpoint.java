package dev.farol.control.model;

import dev.farol.spec.AuthMode;
import dev.farol.spec.EndpointSettings;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * An online endpoint as its user wants it (contracts §1.7).
 *
 * @param region where it says it lives; part of its virtual host
 * @param traffic percent by deployment name in lower case; deployments with none are left out
 * @param mirror percent of live traffic copied, likewise
 * @param settings from its property bag; what cannot be read counts as absent
 */
public record OnlineEndpoint(
        ResourceId id,
        String region,
        AuthMode authMode,
        Map<String, Integer> traffic,
        Map<String, Integer> mirror,
        EndpointSettings settings) {
    /** The kind of these resources, see {@link ResourceId#kind()}. */
    public static final String KIND = "onlineEndpoints";

    public OnlineEndpoint {
        traffic = Map.copyOf(traffic);
        mirror = Map.copyOf(mirror);
    }

    public static OnlineEndpoint of(Resource resource) {
        var document = new Fields(resource.spec());
        Fields properties = document.at("properties");
        return new OnlineEndpoint(
                resource.id(),
                document.text("location", "local"),
                authMode(properties.text("authMode", AuthMode.KEY.wire())),
                percents(properties, "traffic"),
                percents(properties, "mirrorTraffic"),
                EndpointBag.read(properties.strings("properties"), (key, wrong) -> {}));
    }

    private static AuthMode authMode(String text) {
        for (AuthMode mode : AuthMode.values()) {
            if (mode.wire().equalsIgnoreCase(text)) {
                return mode;
            }
        }
        return AuthMode.KEY;
    }

    private static Map<String, Integer> percents(Fields properties, String name) {
        var percents = new LinkedHashMap<String, Integer>();
        Fields map = properties.at(name);
        for (String deployment : properties.strings(name).keySet()) {
            int percent = map.integer(deployment, 0);
            if (percent > 0) {
                percents.put(deployment.toLowerCase(Locale.ROOT), percent);
            }
        }
        return percents;
    }
}
