package dev.farol.store.sql;

import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.OperationStore;
import dev.farol.store.rule.Document;
import dev.farol.store.rule.Key;
import dev.farol.store.rule.Refusal;
import dev.farol.store.sql.Dialect.Durability;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** Operations in the table of this name, numbered in the order of their start. */
final class SqlOperations implements OperationStore {
    private static final String SELECT =
            """
            SELECT id, kind, target, generation, status, progress, error, started_at, ended_at \
            FROM operations \
            """;

    private final SqlAccess access;
    private final InstantSource clock;

    SqlOperations(SqlAccess access, InstantSource clock) {
        this.access = access;
        this.clock = clock;
    }

    @Override
    public Operation start(String id, Operation.Kind kind, ResourceId target, long generation) {
        var operation =
                new Operation(
                        id,
                        kind,
                        target,
                        generation,
                        Operation.Status.IN_PROGRESS,
                        "",
                        null,
                        clock.instant().truncatedTo(ChronoUnit.MICROS),
                        null);
        return access.write(
                Durability.FULL,
                sql -> {
                    if (find(sql, id).isPresent()) {
                        throw Refusal.operationExists(id);
                    }
                    insert(sql, operation);
                    return operation;
                });
    }

    @Override
    public Optional<Operation> find(String id) {
        return access.read(sql -> find(sql, id));
    }

    @Override
    public void progress(String id, String text) {
        access.write(
                Durability.RELAXED,
                sql ->
                        sql.update(
                                "UPDATE operations SET progress = ? WHERE id = ? AND ended_at IS NULL",
                                text,
                                id));
    }

    @Override
    public void finish(String id, Operation.Status status, @Nullable ObjectNode error) {
        if (!status.terminal()) {
            throw new IllegalArgumentException("An operation cannot end as " + status);
        }
        access.write(
                Durability.FULL,
                sql ->
                        sql.update(
                                """
                                UPDATE operations SET status = ?, error = ?, ended_at = ?
                                WHERE id = ? AND ended_at IS NULL
                                """,
                                status.name(),
                                error == null ? null : Document.text(error),
                                Micros.of(clock.instant()),
                                id));
    }

    @Override
    public List<Operation> unfinished() {
        return access.read(
                sql ->
                        sql.list(
                                SELECT + "WHERE ended_at IS NULL ORDER BY number",
                                SqlOperations::read));
    }

    @Override
    public List<Operation> unfinished(ResourceId target) {
        return access.read(
                sql ->
                        sql.list(
                                SELECT
                                        + "WHERE target_key = ? AND ended_at IS NULL ORDER BY number",
                                SqlOperations::read,
                                target.key()));
    }

    @Override
    public int prune(Instant before) {
        return access.write(
                Durability.FULL,
                sql -> sql.update("DELETE FROM operations WHERE ended_at < ?", Micros.of(before)));
    }

    private static Optional<Operation> find(Sql sql, String id) {
        return sql.first(SELECT + "WHERE id = ?", SqlOperations::read, id);
    }

    private static void insert(Sql sql, Operation operation) {
        sql.update(
                """
                INSERT INTO operations (id, number, kind, target_key, target, generation, status,
                progress, started_at)
                VALUES (?, (SELECT coalesce(max(number), 0) + 1 FROM operations), ?, ?, ?, ?, ?, ?, ?)
                """,
                operation.id(),
                operation.kind().name(),
                operation.target().key(),
                Key.text(operation.target()),
                operation.generation(),
                operation.status().name(),
                operation.progress(),
                Micros.of(operation.startTime()));
    }

    private static Operation read(ResultSet row) throws SQLException {
        String error = row.getString(7);
        long ended = row.getLong(9);
        Instant endTime = row.wasNull() ? null : Micros.read(ended);
        return new Operation(
                row.getString(1),
                Operation.Kind.valueOf(row.getString(2)),
                Key.id(row.getString(3)),
                row.getLong(4),
                Operation.Status.valueOf(row.getString(5)),
                row.getString(6),
                error == null ? null : Document.read(error),
                Micros.read(row.getLong(8)),
                endTime);
    }
}
