package dev.farol.control.model;

import dev.farol.spec.ProbeSettings;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot.Instance.Protocol;
import dev.farol.store.Resource;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/**
 * An online deployment as its user wants it (contracts §1.8), every default filled in.
 *
 * @param model {@code code} and {@code environment}: references as they were written, see {@link
 *     AssetReference}
 * @param scoringScript relative to the code folder
 * @param capacity how many instances
 * @param protocol what its instances speak
 * @param restart what tells its instances from those before the last restart; null before the first
 */
public record OnlineDeployment(
        ResourceId id,
        @Nullable String model,
        @Nullable String code,
        @Nullable String scoringScript,
        @Nullable String environment,
        Map<String, String> environmentVariables,
        String instanceType,
        int capacity,
        RequestSettings requestSettings,
        ProbeSettings liveness,
        ProbeSettings readiness,
        Protocol protocol,
        @Nullable String restart) {
    /** The kind of these resources, see {@link ResourceId#kind()}. */
    public static final String KIND = "onlineEndpoints/deployments";

    /** What an instance runs on when its deployment does not say: Azure's own default. */
    static final String DEFAULT_INSTANCE_TYPE = "Standard_DS3_v2";

    public OnlineDeployment {
        environmentVariables = Map.copyOf(environmentVariables);
    }

    public static OnlineDeployment of(Resource resource) {
        return of(resource.id(), resource.spec(), StatusDocument.of(resource).restart());
    }

    /**
     * @param restart see {@link StatusDocument#restart()}
     */
    public static OnlineDeployment of(ResourceId id, ObjectNode spec, @Nullable String restart) {
        var document = new Fields(spec);
        Fields properties = document.at("properties");
        Fields code = properties.at("codeConfiguration");
        return new OnlineDeployment(
                id,
                properties.text("model"),
                code.text("codeId"),
                code.text("scoringScript"),
                properties.text("environmentId"),
                properties.strings("environmentVariables"),
                properties.text("instanceType", DEFAULT_INSTANCE_TYPE),
                Math.max(0, document.at("sku").integer("capacity", 1)),
                requestSettings(properties.at("requestSettings")),
                probe(properties.at("livenessProbe")),
                probe(properties.at("readinessProbe")),
                DeploymentBag.protocol(properties.strings("properties"), (key, wrong) -> {}),
                restart);
    }

    private static RequestSettings requestSettings(Fields fields) {
        RequestSettings defaults = RequestSettings.DEFAULT;
        return new RequestSettings(
                fields.integer(
                        "maxConcurrentRequestsPerInstance",
                        defaults.maxConcurrentRequestsPerInstance()),
                fields.duration("maxQueueWait", defaults.maxQueueWait()),
                fields.duration("requestTimeout", defaults.requestTimeout()));
    }

    private static ProbeSettings probe(Fields fields) {
        ProbeSettings defaults = ProbeSettings.DEFAULT;
        return new ProbeSettings(
                fields.integer("failureThreshold", defaults.failureThreshold()),
                fields.integer("successThreshold", defaults.successThreshold()),
                fields.duration("timeout", defaults.timeout()),
                fields.duration("period", defaults.period()),
                fields.duration("initialDelay", defaults.initialDelay()));
    }

    /** The endpoint that it belongs to. */
    public ResourceId endpoint() {
        return id.parent().orElseThrow();
    }

    /**
     * A digest of all that needs other processes when it changes: everything but the capacity, and
     * the wish for other processes itself. Lower-case hex.
     */
    public String fingerprint() {
        String most =
                Digests.hex(
                        id.key(),
                        model,
                        code,
                        scoringScript,
                        environment,
                        new TreeMap<>(environmentVariables).toString(),
                        instanceType,
                        requestSettings.toString(),
                        liveness.toString(),
                        readiness.toString());
        // What is usual adds nothing: deployments from before it could be said stay as they are.
        String all = protocol == Protocol.HTTP_1 ? most : Digests.hex(most, protocol.toString());
        return restart == null ? all : Digests.hex(all, restart);
    }
}
