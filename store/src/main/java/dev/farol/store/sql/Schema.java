package dev.farol.store.sql;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;

/**
 * Tables by numbered migrations. Flyway makes them; it takes a third of a second to load, so the
 * usual case, nothing to do, is recognised without it: its history lists the very scripts that are
 * bundled, with their checksums.
 *
 * @param folder where the scripts are on the class path
 * @param scripts all of them, oldest first
 */
public record Schema(String folder, List<String> scripts) {
    static final String HISTORY = "flyway_schema_history";

    /** Resources, operations, secrets and changes. */
    static final Schema STORE =
            new Schema(
                    "dev/farol/store/sql/migration", List.of("V1__resources_and_operations.sql"));

    public Schema {
        scripts = List.copyOf(scripts);
    }

    void bringUp(Dialect dialect) throws SQLException {
        Map<String, Integer> applied = applied(dialect);
        Map<String, Integer> bundled = bundled();
        if (applied.equals(bundled)) {
            return;
        }
        for (String script : applied.keySet()) {
            if (!bundled.containsKey(script)) {
                throw new FarolException(
                        ErrorCode.UNAVAILABLE,
                        "The database was written by a newer Farol (it has "
                                + script
                                + "). Start that version, or another database.");
            }
        }
        Migration.run(folder, dialect);
    }

    private static Map<String, Integer> applied(Dialect dialect) throws SQLException {
        Connection connection = dialect.reader();
        try {
            var sql = new Sql(connection);
            Map<String, Integer> applied = new LinkedHashMap<>();
            if (sql.number(dialect.tableCount(), HISTORY) > 0) {
                sql.list(
                        "SELECT script, checksum FROM "
                                + HISTORY
                                + " WHERE success AND version IS NOT NULL",
                        row -> applied.put(row.getString(1), row.getInt(2)));
            }
            return applied;
        } catch (SqlFailure e) {
            throw e.reason();
        } finally {
            dialect.releaseReader(connection);
        }
    }

    private Map<String, Integer> bundled() {
        Map<String, Integer> bundled = new LinkedHashMap<>();
        for (String script : scripts) {
            bundled.put(script, checksum(script));
        }
        return bundled;
    }

    /** As Flyway reckons it: over the lines without their ends. */
    private int checksum(String script) {
        String resource = folder + "/" + script;
        try (InputStream content = Schema.class.getClassLoader().getResourceAsStream(resource)) {
            if (content == null) {
                throw new IllegalStateException("Not bundled: " + resource);
            }
            var lines = new BufferedReader(new InputStreamReader(content, StandardCharsets.UTF_8));
            var checksum = new CRC32();
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                checksum.update(line.getBytes(StandardCharsets.UTF_8));
            }
            return (int) checksum.getValue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
