package dev.farol.backend.local;

import dev.farol.kit.Json;
import dev.farol.spec.Phase;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/** What a replica says on its standard output, one JSON object a line. */
sealed interface ReplicaEvent {
    /** It accepts connections there. */
    record Listening(String host, int port) implements ReplicaEvent {}

    /** A worker began, initialised itself, or ended. */
    record Worker(long pid, WorkerState state, @Nullable Integer exitCode)
            implements ReplicaEvent {}

    /** The start came to this step. */
    record InPhase(Phase phase) implements ReplicaEvent {}

    /** All workers are initialised. */
    record Ready() implements ReplicaEvent {}

    /** The first start failed; the process is about to end. */
    record Failed(
            Phase phase,
            @Nullable String exception,
            @Nullable String location,
            @Nullable Integer exitCode,
            @Nullable String message)
            implements ReplicaEvent {}

    /** The life of a worker. */
    enum WorkerState {
        STARTED,
        READY,
        EXITED
    }

    /** Reads a line; what is no event, or one of a later version, is none. */
    static Optional<ReplicaEvent> parse(String line) {
        try {
            JsonNode node = Json.STRICT.readTree(line);
            return switch (node.path("event").asString("")) {
                case "listening" ->
                        Optional.of(
                                new Listening(
                                        node.path("host").asString("127.0.0.1"),
                                        node.path("port").asInt(0)));
                case "worker" -> worker(node);
                case "phase" -> Optional.of(new InPhase(phase(node)));
                case "ready" -> Optional.of(new Ready());
                case "failed" ->
                        Optional.of(
                                new Failed(
                                        phase(node),
                                        text(node, "exception"),
                                        text(node, "location"),
                                        number(node, "exitCode"),
                                        text(node, "message")));
                default -> Optional.empty();
            };
        } catch (JacksonException | IllegalArgumentException noEvent) {
            return Optional.empty();
        }
    }

    private static Optional<ReplicaEvent> worker(JsonNode node) {
        var state = WorkerState.valueOf(node.path("state").asString("").toUpperCase(Locale.ROOT));
        long pid = node.path("pid").asLong(0);
        return pid <= 0
                ? Optional.empty()
                : Optional.of(new Worker(pid, state, number(node, "exitCode")));
    }

    private static Phase phase(JsonNode node) {
        return Phase.valueOf(node.path("phase").asString("").toUpperCase(Locale.ROOT));
    }

    private static @Nullable String text(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || !value.isString() ? null : value.asString();
    }

    private static @Nullable Integer number(JsonNode node, String field) {
        JsonNode value = node.get(field);
        return value == null || !value.isIntegralNumber() ? null : value.asInt();
    }
}
