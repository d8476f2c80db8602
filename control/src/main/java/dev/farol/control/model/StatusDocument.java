package dev.farol.control.model;

import dev.farol.spec.Condition;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.Verdict;
import dev.farol.store.Resource;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * The observed state of a resource: {@code {"provisioningState", "operation", "conditions",
 * "verdict", "server", "restart", "lastGood"}}. Holds a copy; setters change it and answer this.
 */
public final class StatusDocument {
    private static final String STATE = "provisioningState";
    private static final String CONDITIONS = "conditions";
    private static final String VERDICT = "verdict";
    private static final String SERVER = "server";
    private static final String RESTART = "restart";
    private static final String LAST_GOOD = "lastGood";

    private final ObjectNode node;

    private StatusDocument(ObjectNode node) {
        this.node = node;
    }

    /**
     * What was last seen to serve.
     *
     * @param spec the deployment's whole document at that time
     * @param restart the one that its instances came from; null for none
     */
    public record LastGood(long generation, ObjectNode spec, @Nullable String restart) {}

    public static StatusDocument of(Resource resource) {
        return new StatusDocument(resource.status().deepCopy());
    }

    /** {@code Succeeded} when the document does not say, or says what nobody knows. */
    public ProvisioningState state() {
        String text = new Fields(node).text(STATE);
        for (ProvisioningState state : ProvisioningState.values()) {
            if (state.wire().equalsIgnoreCase(text)) {
                return state;
            }
        }
        return ProvisioningState.SUCCEEDED;
    }

    public StatusDocument state(ProvisioningState state) {
        node.put(STATE, state.wire());
        return this;
    }

    /** The operation that works on the resource, or the last that did. */
    public @Nullable String operation() {
        return new Fields(node).text("operation");
    }

    /** Replaces the condition of this type; {@code since} stays while the status is the same. */
    public StatusDocument condition(Condition condition) {
        ArrayNode conditions =
                node.get(CONDITIONS) instanceof ArrayNode there ? there : node.putArray(CONDITIONS);
        String since = condition.since().toString();
        ObjectNode place = null;
        for (JsonNode each : conditions) {
            if (each instanceof ObjectNode old
                    && condition.type().equals(new Fields(old).text("type"))) {
                place = old;
                if (condition.status().wire().equals(new Fields(old).text("status"))) {
                    since = new Fields(old).text("lastTransitionTime", since);
                }
            }
        }
        ObjectNode target = place == null ? conditions.addObject() : place;
        target.put("type", condition.type())
                .put("status", condition.status().wire())
                .put("reason", condition.reason())
                .put("message", condition.message())
                .put("observedGeneration", condition.observedGeneration())
                .put("lastTransitionTime", since);
        return this;
    }

    /** Null removes it. */
    public StatusDocument verdict(@Nullable Verdict verdict) {
        if (verdict == null) {
            node.remove(VERDICT);
        } else {
            node.set(VERDICT, VerdictDocument.of(verdict));
        }
        return this;
    }

    /**
     * What serves a deployment.
     *
     * @param name {@code python}, {@code mlflow}, {@code onnxruntime} or {@code triton}
     * @param reason why this one, one sentence
     */
    public record Server(String name, String reason) {}

    public Optional<Server> server() {
        var fields = new Fields(node).at(SERVER);
        String name = fields.text("name");
        return name == null
                ? Optional.empty()
                : Optional.of(new Server(name, fields.text("reason", "")));
    }

    public StatusDocument server(Server server) {
        node.putObject(SERVER).put("name", server.name()).put("reason", server.reason());
        return this;
    }

    /**
     * The operation that last asked for new instances of the same document; null before the first.
     * Not of the document: whoever writes that one knows nothing of it.
     */
    public @Nullable String restart() {
        return new Fields(node).text(RESTART);
    }

    /** Null removes it. */
    public StatusDocument restart(@Nullable String operation) {
        put(node, operation);
        return this;
    }

    private static void put(ObjectNode at, @Nullable String operation) {
        if (operation == null) {
            at.remove(RESTART);
        } else {
            at.put(RESTART, operation);
        }
    }

    public Optional<LastGood> lastGood() {
        return node.get(LAST_GOOD) instanceof ObjectNode good
                        && good.get("spec") instanceof ObjectNode spec
                ? Optional.of(
                        new LastGood(
                                good.path("generation").asLong(0),
                                spec,
                                new Fields(good).text(RESTART)))
                : Optional.empty();
    }

    public StatusDocument lastGood(LastGood last) {
        ObjectNode good = node.objectNode().put("generation", last.generation());
        good.set("spec", last.spec().deepCopy());
        put(good, last.restart());
        node.set(LAST_GOOD, good);
        return this;
    }

    public ObjectNode json() {
        return node;
    }
}
