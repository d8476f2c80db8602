package dev.farol.store.folder;

import dev.farol.kit.Json;
import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.store.ObjectStore.Put;
import dev.farol.store.sql.Database;
import dev.farol.store.sql.Databases;
import dev.farol.store.sql.Micros;
import dev.farol.store.sql.Schema;
import dev.farol.store.sql.Sql;
import java.nio.file.Path;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;

/** Names, sizes and metadata, in SQLite. Names sort by code point. */
final class ObjectIndex implements AutoCloseable {
    private static final Schema SCHEMA =
            new Schema("dev/farol/store/folder/migration", List.of("V1__objects.sql"));
    private static final String SELECT =
            """
            SELECT container, name, size, stamp, sha256, metadata, headers, modified_at \
            FROM objects \
            """;
    private static final TypeReference<Map<String, String>> TEXTS = new TypeReference<>() {};

    private final Database database;

    ObjectIndex(Path file) {
        database = Databases.sqlite(file, SCHEMA);
    }

    /** What an object refers to. */
    record Content(String sha256, long size) {}

    /** The content that an object had before a write, and the object after it. */
    record Written(@Nullable String formerSha256, ObjectInfo object) {}

    Optional<ObjectInfo> find(ObjectKey key) {
        return database.read(sql -> find(sql, key));
    }

    /**
     * @throws dev.farol.spec.FarolException when the object is not as {@code how} wants it
     */
    Written put(ObjectKey key, Content content, Put how, Instant now) {
        return database.write(
                sql -> {
                    Optional<ObjectInfo> former = find(sql, key);
                    check(key, former, how);
                    sql.update(
                            """
                            INSERT INTO objects (container, name, size, sha256, stamp, metadata,
                            headers, modified_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                            ON CONFLICT (container, name) DO UPDATE SET size = excluded.size,
                            sha256 = excluded.sha256, stamp = excluded.stamp,
                            metadata = excluded.metadata, headers = excluded.headers,
                            modified_at = excluded.modified_at
                            """,
                            key.container(),
                            key.name(),
                            content.size(),
                            content.sha256(),
                            stamp(sql, now),
                            Json.STRICT.writeValueAsString(how.metadata()),
                            Json.STRICT.writeValueAsString(how.headers()),
                            Micros.of(now));
                    return new Written(
                            former.map(ObjectInfo::sha256).orElse(null),
                            find(sql, key).orElseThrow());
                });
    }

    ObjectInfo setMetadata(ObjectKey key, Map<String, String> metadata, Instant now) {
        return database.write(
                sql -> {
                    sql.update(
                            """
                            UPDATE objects SET metadata = ?, stamp = ?, modified_at = ?
                            WHERE container = ? AND name = ?
                            """,
                            Json.STRICT.writeValueAsString(metadata),
                            stamp(sql, now),
                            Micros.of(now),
                            key.container(),
                            key.name());
                    return find(sql, key).orElseThrow(() -> ObjectRefusal.absent(key));
                });
    }

    ObjectInfo setHeaders(ObjectKey key, Map<String, String> headers, Instant now) {
        return database.write(
                sql -> {
                    sql.update(
                            """
                            UPDATE objects SET headers = ?, stamp = ?, modified_at = ?
                            WHERE container = ? AND name = ?
                            """,
                            Json.STRICT.writeValueAsString(headers),
                            stamp(sql, now),
                            Micros.of(now),
                            key.container(),
                            key.name());
                    return find(sql, key).orElseThrow(() -> ObjectRefusal.absent(key));
                });
    }

    List<String> containers() {
        return database.read(
                sql ->
                        sql.list(
                                "SELECT DISTINCT container FROM objects ORDER BY container",
                                row -> row.getString(1)));
    }

    /** Whether a write may go on, given what has the name now. */
    static void check(ObjectKey key, Optional<ObjectInfo> present, Put how) {
        if (how.ifAbsent() && present.isPresent()) {
            throw ObjectRefusal.exists(key);
        }
        if (how.ifMatch() != null
                && !present.map(ObjectInfo::etag).filter(how.ifMatch()::equals).isPresent()) {
            throw ObjectRefusal.changed(key);
        }
    }

    /** Answers the digest of what the object held. */
    Optional<String> delete(ObjectKey key) {
        return database.write(
                sql -> {
                    Optional<ObjectInfo> former = find(sql, key);
                    sql.update(
                            "DELETE FROM objects WHERE container = ? AND name = ?",
                            key.container(),
                            key.name());
                    return former.map(ObjectInfo::sha256);
                });
    }

    List<ObjectInfo> list(String container, String prefix, @Nullable String after, int limit) {
        List<ObjectInfo> page =
                database.read(
                        sql ->
                                sql.list(
                                        SELECT
                                                + """
                                                WHERE container = ? AND name >= ? AND name > ?
                                                ORDER BY name LIMIT ?
                                                """,
                                        ObjectIndex::read,
                                        container,
                                        prefix,
                                        after == null ? "" : after,
                                        limit));
        return page.stream().takeWhile(object -> object.name().startsWith(prefix)).toList();
    }

    /** Whether some object has this content. */
    boolean refers(String sha256) {
        return database.read(
                sql ->
                        sql.first(
                                        "SELECT 1 FROM objects WHERE sha256 = ? LIMIT 1",
                                        row -> true,
                                        sha256)
                                .isPresent());
    }

    @Override
    public void close() {
        database.close();
    }

    private static Optional<ObjectInfo> find(Sql sql, ObjectKey key) {
        return sql.first(
                SELECT + "WHERE container = ? AND name = ?",
                ObjectIndex::read,
                key.container(),
                key.name());
    }

    /** Grows with every write, and with the time, so that it is new also in a store made anew. */
    private static long stamp(Sql sql, Instant now) {
        long last = sql.number("SELECT coalesce(max(stamp), 0) FROM objects");
        return Math.max(last + 1, Micros.of(now));
    }

    private static ObjectInfo read(ResultSet row) throws SQLException {
        return new ObjectInfo(
                row.getString(1),
                row.getString(2),
                row.getLong(3),
                "0x" + Long.toHexString(row.getLong(4)).toUpperCase(Locale.ROOT),
                row.getString(5),
                Json.STRICT.readValue(row.getString(6), TEXTS),
                Json.STRICT.readValue(row.getString(7), TEXTS),
                Micros.read(row.getLong(8)));
    }
}
