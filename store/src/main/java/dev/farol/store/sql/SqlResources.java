package dev.farol.store.sql;

import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore;
import dev.farol.store.rule.Key;
import dev.farol.store.rule.Refusal;
import dev.farol.store.rule.ResourceRow;
import dev.farol.store.rule.Retention;
import dev.farol.store.sql.Dialect.Durability;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.node.ObjectNode;

/** Resources in the tables {@code resources}, {@code secrets} and {@code changes}. */
final class SqlResources implements ResourceStore {
    private static final String SELECT =
            """
            SELECT id, version, generation, spec, status, created_by, created_at, modified_by, \
            modified_at FROM resources \
            """;
    private static final String IN_TREE = "WHERE key = ? OR (key >= ? AND key < ?)";

    private final SqlAccess access;
    private final InstantSource clock;

    SqlResources(SqlAccess access, InstantSource clock) {
        this.access = access;
        this.clock = clock;
    }

    @Override
    public Resource create(ResourceId id, ObjectNode spec, ObjectNode status, String by) {
        return write(
                sql -> {
                    if (row(sql, id).isPresent()) {
                        throw Refusal.exists(id);
                    }
                    long number = change(sql, Key.text(id), false);
                    var row = ResourceRow.created(id, number, spec, status, by, clock.instant());
                    insert(sql, row);
                    return row.resource();
                });
    }

    @Override
    public Optional<Resource> find(ResourceId id) {
        return access.read(sql -> row(sql, id)).map(ResourceRow::resource);
    }

    @Override
    public Resource updateSpec(ResourceId id, long version, ObjectNode spec, String by) {
        return write(
                sql -> {
                    ResourceRow old = present(sql, id).requireVersion(version);
                    long number = change(sql, old.id(), false);
                    return replace(sql, old.withSpec(number, spec, by, clock.instant()));
                });
    }

    @Override
    public Resource updateStatus(ResourceId id, long version, ObjectNode status) {
        return write(
                sql -> {
                    ResourceRow old = present(sql, id).requireVersion(version);
                    return old.hasStatus(status)
                            ? old.resource()
                            : replace(sql, old.withStatus(change(sql, old.id(), false), status));
                });
    }

    @Override
    public boolean delete(ResourceId id) {
        String key = id.key();
        Object[] tree = {key, Key.below(key), Key.afterBelow(key)};
        return write(
                sql -> {
                    List<String> doomed =
                            sql.list(
                                    "SELECT id FROM resources " + IN_TREE + " ORDER BY key",
                                    row -> row.getString(1),
                                    tree);
                    sql.update("DELETE FROM resources " + IN_TREE, tree);
                    for (String each : doomed) {
                        change(sql, each, true);
                    }
                    return doomed.stream().anyMatch(each -> Key.lower(each).equals(key));
                });
    }

    @Override
    public List<Resource> list(Query query) {
        var text = new StringBuilder(SELECT).append("WHERE parent_key = ? AND type_key = ?");
        List<Object> values = new ArrayList<>();
        values.add(query.parent().key());
        values.add(Key.lower(query.type()));
        if (query.name() != null) {
            text.append(" AND name_key = ?");
            values.add(Key.lower(query.name()));
        }
        text.append(" ORDER BY ").append(order(query.order())).append(" LIMIT ? OFFSET ?");
        values.add(query.limit());
        values.add(query.offset());
        return resources(text.toString(), values.toArray());
    }

    @Override
    public List<Resource> ofKind(String kind) {
        return resources(SELECT + "WHERE kind_key = ? ORDER BY key", Key.lower(kind));
    }

    @Override
    public void putSecret(ResourceId id, String name, byte[] value) {
        write(
                sql -> {
                    ResourceRow row = present(sql, id);
                    Optional<byte[]> old = secret(sql, id, name);
                    if (old.isEmpty() || !Arrays.equals(old.get(), value)) {
                        sql.update(
                                """
                                INSERT INTO secrets (resource_key, name, value) VALUES (?, ?, ?)
                                ON CONFLICT (resource_key, name) DO UPDATE SET value = excluded.value
                                """,
                                id.key(),
                                name,
                                value);
                        change(sql, row.id(), false);
                    }
                    return row;
                });
    }

    @Override
    public Optional<byte[]> secret(ResourceId id, String name) {
        return access.read(sql -> secret(sql, id, name));
    }

    @Override
    public long lastChange() {
        return access.read(SqlResources::lastChange);
    }

    @Override
    public List<Change> changes(long after, int limit) {
        return access.read(
                sql ->
                        sql.list(
                                """
                                SELECT number, id, deleted FROM changes WHERE number > ?
                                ORDER BY number LIMIT ?
                                """,
                                row ->
                                        new Change(
                                                row.getLong(1),
                                                Key.id(row.getString(2)),
                                                row.getInt(3) != 0),
                                after,
                                limit));
    }

    private <T> T write(Function<Sql, T> work) {
        return access.write(Durability.FULL, work);
    }

    private List<Resource> resources(String text, Object... values) {
        return access.read(sql -> sql.list(text, SqlResources::read, values)).stream()
                .map(ResourceRow::resource)
                .toList();
    }

    private static String order(Order order) {
        return switch (order) {
            case NAME -> "name_key";
            case CREATED_ASCENDING -> "created_at, name_key";
            case CREATED_DESCENDING -> "created_at DESC, name_key";
            case MODIFIED_ASCENDING -> "modified_at, name_key";
            case MODIFIED_DESCENDING -> "modified_at DESC, name_key";
        };
    }

    private static Optional<ResourceRow> row(Sql sql, ResourceId id) {
        return sql.first(SELECT + "WHERE key = ?", SqlResources::read, id.key());
    }

    private static ResourceRow present(Sql sql, ResourceId id) {
        return row(sql, id).orElseThrow(() -> Refusal.absent(id));
    }

    private static Optional<byte[]> secret(Sql sql, ResourceId id, String name) {
        return sql.first(
                "SELECT value FROM secrets WHERE resource_key = ? AND name = ?",
                row -> row.getBytes(1),
                id.key(),
                name);
    }

    private static long lastChange(Sql sql) {
        return sql.number("SELECT coalesce(max(number), 0) FROM changes");
    }

    /** Appends to the feed and answers the entry's number. */
    private static long change(Sql sql, String id, boolean deleted) {
        long number = lastChange(sql) + 1;
        sql.update("INSERT INTO changes VALUES (?, ?, ?)", number, id, deleted ? 1 : 0);
        if (Retention.due(number)) {
            sql.update("DELETE FROM changes WHERE number <= ?", number - Retention.CHANGES);
        }
        return number;
    }

    private static void insert(Sql sql, ResourceRow row) {
        sql.update(
                """
                INSERT INTO resources (key, id, parent_key, kind_key, type_key, name_key, version,
                generation, spec, status, created_by, created_at, modified_by, modified_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                row.key(),
                row.id(),
                row.parentKey(),
                row.kindKey(),
                row.typeKey(),
                row.nameKey(),
                row.version(),
                row.generation(),
                row.spec(),
                row.status(),
                row.createdBy(),
                Micros.of(row.createdAt()),
                row.modifiedBy(),
                Micros.of(row.modifiedAt()));
    }

    private static Resource replace(Sql sql, ResourceRow row) {
        sql.update(
                """
                UPDATE resources SET version = ?, generation = ?, spec = ?, status = ?,
                modified_by = ?, modified_at = ? WHERE key = ?
                """,
                row.version(),
                row.generation(),
                row.spec(),
                row.status(),
                row.modifiedBy(),
                Micros.of(row.modifiedAt()),
                row.key());
        return row.resource();
    }

    private static ResourceRow read(ResultSet row) throws SQLException {
        return new ResourceRow(
                row.getString(1),
                row.getLong(2),
                row.getLong(3),
                row.getString(4),
                row.getString(5),
                row.getString(6),
                Micros.read(row.getLong(7)),
                row.getString(8),
                Micros.read(row.getLong(9)));
    }
}
