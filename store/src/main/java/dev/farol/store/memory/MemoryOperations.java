package dev.farol.store.memory;

import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.OperationStore;
import dev.farol.store.rule.Document;
import dev.farol.store.rule.Key;
import dev.farol.store.rule.Refusal;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Operations in the order of their start. */
final class MemoryOperations implements OperationStore {
    private final MemoryAccess access;
    private final InstantSource clock;

    MemoryOperations(MemoryAccess access, InstantSource clock) {
        this.access = access;
        this.clock = clock;
    }

    @Override
    public Operation start(String id, Operation.Kind kind, ResourceId target, long generation) {
        var operation =
                new Operation(
                        id,
                        kind,
                        Key.id(Key.text(target)),
                        generation,
                        Operation.Status.IN_PROGRESS,
                        "",
                        null,
                        now(),
                        null);
        return access.with(
                state -> {
                    if (state.operations.putIfAbsent(id, operation) != null) {
                        throw Refusal.operationExists(id);
                    }
                    return operation;
                });
    }

    @Override
    public Optional<Operation> find(String id) {
        return access.with(state -> Optional.ofNullable(state.operations.get(id)))
                .map(MemoryOperations::copy);
    }

    @Override
    public void progress(String id, String text) {
        change(
                id,
                old ->
                        new Operation(
                                id,
                                old.kind(),
                                old.target(),
                                old.generation(),
                                old.status(),
                                text,
                                null,
                                old.startTime(),
                                null));
    }

    @Override
    public void finish(String id, Operation.Status status, @Nullable ObjectNode error) {
        if (!status.terminal()) {
            throw new IllegalArgumentException("An operation cannot end as " + status);
        }
        change(
                id,
                old ->
                        new Operation(
                                id,
                                old.kind(),
                                old.target(),
                                old.generation(),
                                status,
                                old.progress(),
                                error == null ? null : Document.read(Document.text(error)),
                                old.startTime(),
                                now()));
    }

    @Override
    public List<Operation> unfinished() {
        return running(operation -> true);
    }

    @Override
    public List<Operation> unfinished(ResourceId target) {
        return running(operation -> operation.target().key().equals(target.key()));
    }

    @Override
    public int prune(Instant before) {
        return access.with(
                state -> {
                    int size = state.operations.size();
                    state.operations.values().removeIf(operation -> endedBefore(operation, before));
                    return size - state.operations.size();
                });
    }

    private static boolean endedBefore(Operation operation, Instant before) {
        Instant end = operation.endTime();
        return end != null && end.isBefore(before);
    }

    private List<Operation> running(Predicate<Operation> wanted) {
        return access.with(
                state ->
                        state.operations.values().stream()
                                .filter(operation -> !operation.status().terminal())
                                .filter(wanted)
                                .toList());
    }

    private void change(String id, UnaryOperator<Operation> step) {
        access.with(
                state ->
                        Optional.ofNullable(
                                state.operations.computeIfPresent(
                                        id,
                                        (key, old) ->
                                                old.status().terminal() ? old : step.apply(old))));
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** A caller may change the tree it gets. */
    private static Operation copy(Operation operation) {
        ObjectNode error = operation.error();
        return error == null
                ? operation
                : new Operation(
                        operation.id(),
                        operation.kind(),
                        operation.target(),
                        operation.generation(),
                        operation.status(),
                        operation.progress(),
                        error.deepCopy(),
                        operation.startTime(),
                        operation.endTime());
    }
}
