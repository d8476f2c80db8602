package dev.farol.store.sql;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Store;
import dev.farol.store.Stores;
import java.io.File;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is particular to the SQLite file: how it opens, what it promises, what it leaves. */
class SqliteFileIT {
    private static final ResourceId ID = ResourceId.workspace("s", "g", "w");

    @TempDir Path folder;
    private Path file;

    @BeforeEach
    void nameFile() {
        file = folder.resolve("data/farol.db");
    }

    @Test
    void keepsEverythingAcrossReopening() {
        try (Store store = Stores.sqlite(file)) {
            store.resources().create(ID, Json.object().put("a", 1), Json.object(), "ana");
            store.resources().putSecret(ID, "k", new byte[] {1});
        }
        try (Store store = Stores.sqlite(file)) {
            assertThat(store.resources().find(ID).orElseThrow().createdBy()).isEqualTo("ana");
            assertThat(store.resources().secret(ID, "k").orElseThrow()).containsExactly(1);
            assertThat(store.resources().lastChange()).isEqualTo(2);
        }
        assertThat(folder.resolve("data").toFile().list())
                .contains("farol.db")
                .doesNotContain("farol.db-wal");
    }

    @Test
    void writesWaitForTheDiskExceptProgress() throws Exception {
        Stores.sqlite(file).close();
        try (var dialect = new SqliteDialect(file)) {
            Connection full = dialect.writer(Dialect.Durability.FULL);
            assertThat(pragma(full, "synchronous")).isEqualTo("2");
            assertThat(pragma(full, "journal_mode")).isEqualTo("wal");
            assertThat(pragma(full, "foreign_keys")).isEqualTo("1");
            assertThat(pragma(dialect.writer(Dialect.Durability.RELAXED), "synchronous"))
                    .isEqualTo("1");
        }
    }

    @Test
    void queriesUseIndexes() {
        try (Database database = Databases.sqlite(file, Schema.STORE)) {
            List<String> queries =
                    List.of(
                            "SELECT id FROM resources WHERE key = 'a' OR (key >= 'b' AND key < 'c')",
                            "SELECT id FROM resources WHERE parent_key = 'a' AND type_key = 'b'"
                                    + " ORDER BY name_key LIMIT 10",
                            "SELECT id FROM resources WHERE parent_key = 'a' AND type_key = 'b'"
                                    + " ORDER BY created_at DESC, name_key LIMIT 10",
                            "SELECT id FROM resources WHERE parent_key = 'a' AND type_key = 'b'"
                                    + " ORDER BY modified_at, name_key LIMIT 10",
                            "SELECT id FROM resources WHERE kind_key = 'a' ORDER BY key",
                            "SELECT number FROM changes WHERE number > 5 ORDER BY number LIMIT 9",
                            "SELECT coalesce(max(number), 0) FROM changes",
                            "SELECT id FROM operations WHERE target_key = 'a' AND ended_at IS NULL"
                                    + " ORDER BY number",
                            "DELETE FROM operations WHERE ended_at < 5");
            for (String query : queries) {
                List<String> steps = database.read(sql -> plan(sql, query));
                assertThat(steps)
                        .as(query)
                        .noneMatch(step -> step.startsWith("SCAN"))
                        .noneMatch(step -> step.equals("USE TEMP B-TREE FOR ORDER BY"));
            }
        }
    }

    @Test
    void refusesTheFileOfANewerVersion() {
        try (Database database = Databases.sqlite(file, Schema.STORE)) {
            database.write(
                    sql ->
                            sql.update(
                                    """
                                    INSERT INTO flyway_schema_history SELECT 99, '99', description,
                                    type, 'V99__later.sql', checksum, installed_by, installed_on,
                                    execution_time, success FROM flyway_schema_history LIMIT 1
                                    """));
        }
        unavailable("newer Farol");
    }

    @Test
    void refusesAFileWhoseMigrationsWereOthers() {
        try (Database database = Databases.sqlite(file, Schema.STORE)) {
            database.write(
                    sql -> sql.update("UPDATE flyway_schema_history SET checksum = checksum + 1"));
        }
        unavailable("could not be brought up to date");
    }

    @Test
    void refusesWhatIsNoDatabase() throws Exception {
        Files.createDirectories(file.getParent());
        Files.writeString(file, "no database at all, but long enough to be looked at".repeat(40));

        unavailable("");
    }

    @Test
    void aClosedStoreSaysSo() {
        Store store = Stores.sqlite(file);
        store.close();

        assertThatThrownBy(() -> store.resources().find(ID))
                .isInstanceOfSatisfying(
                        FarolException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE));
    }

    @Test
    void everyBundledScriptIsListed() throws Exception {
        Path scripts = Path.of(SqliteFileIT.class.getResource("/" + Schema.STORE.folder()).toURI());
        try (Stream<Path> files = Files.list(scripts)) {
            assertThat(files.map(script -> script.getFileName().toString()).sorted())
                    .containsExactlyElementsOf(Schema.STORE.scripts());
        }
    }

    @Test
    void anUpToDateFileOpensWithoutFlywayAndLeavesNothingInTheTemporaryFolder() throws Exception {
        Stores.sqlite(file).close();
        Path temporary = Files.createDirectory(folder.resolve("tmp"));
        String classPath =
                String.join(
                        File.pathSeparator,
                        Arrays.stream(
                                        System.getProperty("java.class.path")
                                                .split(File.pathSeparator))
                                .filter(entry -> !entry.contains("flyway"))
                                .toList());
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.addAll(List.of("-Djava.io.tmpdir=" + temporary, "-cp", classPath));
        command.addAll(List.of(Reopen.class.getName(), file.toString()));
        for (int start = 0; start < 2; start++) {
            Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
            String said =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor()).as(said).isEqualTo(7);
        }
        assertThat(temporary).isEmptyDirectory();
    }

    /** Opens a store in a process of its own, and dies without closing it. */
    static final class Reopen {
        private Reopen() {}

        public static void main(String[] arguments) {
            Store store = Stores.sqlite(Path.of(arguments[0]));
            Runtime.getRuntime().halt(store.resources().lastChange() == 0 ? 7 : 1);
        }
    }

    private void unavailable(String message) {
        assertThatThrownBy(() -> Stores.sqlite(file))
                .isInstanceOfSatisfying(
                        FarolException.class,
                        e -> assertThat(e.code()).isEqualTo(ErrorCode.UNAVAILABLE))
                .hasMessageContaining(message);
    }

    private static List<String> plan(Sql sql, String query) {
        return sql.list("EXPLAIN QUERY PLAN " + query, row -> row.getString(4));
    }

    private static String pragma(Connection connection, String name) throws SQLException {
        try (var statement = connection.createStatement();
                var rows = statement.executeQuery("PRAGMA " + name)) {
            rows.next();
            return rows.getString(1);
        }
    }
}
