package dev.farol.store;

import dev.farol.kit.testing.Eventually;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.tukaani.xz.XZInputStream;

/**
 * A real PostgreSQL for the tests of one JVM: unpacked once into the build folder, started on a
 * free port, gone with its data when the tests end, also when they are killed. PostgreSQL refuses
 * to run as root; for root it runs in a user namespace in which root has another number.
 */
final class PostgresServer implements AutoCloseable {
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    private static final String USER = "farol";

    /** Ends the server when standard input ends, which the system closes with the test's JVM. */
    private static final String KEEPER =
            """
            data=$1; shift; "$@" & server=$!
            cat >/dev/null; kill -QUIT $server; wait $server; rm -rf "$data"
            """;

    private final Process keeper;
    private final int port;

    private PostgresServer(Process keeper, int port) {
        this.keeper = keeper;
        this.port = port;
    }

    /** Starts the server before the first class that needs it; JUnit closes it after the last. */
    static final class Extension implements BeforeAllCallback {
        private PostgresServer server;

        @Override
        public void beforeAll(ExtensionContext context) {
            server =
                    context.getRoot()
                            .getStore(ExtensionContext.Namespace.GLOBAL)
                            .computeIfAbsent(
                                    PostgresServer.class,
                                    type -> PostgresServer.start(),
                                    PostgresServer.class);
        }

        /** The URL of a new database with Farol's tables in it. */
        String newDatabase() {
            return server.newDatabase();
        }

        Store open(StepClock clock) {
            return server.open(server.newDatabase(), clock);
        }

        Store open(String url, StepClock clock) {
            return server.open(url, clock);
        }

        /** A connection beside the store's own. */
        Connection connect(String url) throws SQLException {
            return DriverManager.getConnection(url, USER, "");
        }
    }

    private Store open(String url, StepClock clock) {
        return Stores.postgres(url, USER, "", clock);
    }

    private String newDatabase() {
        String name = "t" + UUID.randomUUID().toString().replace("-", "");
        execute("postgres", "CREATE DATABASE " + name + " TEMPLATE migrated");
        return url(name);
    }

    private String url(String database) {
        return "jdbc:postgresql://127.0.0.1:" + port + "/" + database;
    }

    private void execute(String database, String sql) {
        try (Connection connection = DriverManager.getConnection(url(database), USER, "");
                var statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(sql, e);
        }
    }

    private static PostgresServer start() {
        try {
            Path home = unpacked(Path.of("target/postgres-18.4.0").toAbsolutePath());
            Path data = Files.createTempDirectory("farol-postgres");
            PostgresServer server = start(home, data);
            server.execute("postgres", "CREATE DATABASE migrated");
            server.open(server.url("migrated"), new StepClock()).close();
            return server;
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static PostgresServer start(Path home, Path data)
            throws IOException, InterruptedException {
        List<String> initdb = asOrdinaryUser();
        initdb.add(home.resolve("bin/initdb").toString());
        initdb.addAll(List.of("-D", data.resolve("db").toString(), "-A", "trust", "-U", USER));
        initdb.addAll(List.of("-E", "UTF8", "--locale=C", "--no-sync"));
        Path log = data.resolve("log");
        Process init =
                new ProcessBuilder(initdb)
                        .redirectErrorStream(true)
                        .redirectOutput(log.toFile())
                        .start();
        if (init.waitFor() != 0) {
            throw new AssertionError("initdb: " + Files.readString(log));
        }
        int port = freePort();
        List<String> command = new ArrayList<>(List.of("sh", "-c", KEEPER, "sh", data.toString()));
        command.addAll(asOrdinaryUser());
        command.add(home.resolve("bin/postgres").toString());
        command.addAll(List.of("-D", data.resolve("db").toString(), "-p", String.valueOf(port)));
        command.addAll(List.of("-c", "listen_addresses=127.0.0.1"));
        command.addAll(List.of("-c", "unix_socket_directories=", "-c", "fsync=off"));
        Process keeper =
                new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                        .start();
        var server = new PostgresServer(keeper, port);
        try {
            Eventually.eventually("PostgreSQL answers", () -> server.answers());
        } catch (AssertionError e) {
            String said = Files.readString(log);
            server.close();
            throw new AssertionError(said, e);
        }
        return server;
    }

    private boolean answers() throws SQLException {
        try (Connection connection = DriverManager.getConnection(url("postgres"), USER, "")) {
            return connection.isValid(1);
        }
    }

    private static List<String> asOrdinaryUser() {
        boolean root = "root".equals(System.getProperty("user.name"));
        return new ArrayList<>(
                root
                        ? List.of("unshare", "--user", "--map-user=1000", "--map-group=1000")
                        : List.of());
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static Path unpacked(Path home) throws IOException {
        if (Files.isDirectory(home)) {
            return home;
        }
        Path aside = home.resolveSibling(home.getFileName() + "." + UUID.randomUUID());
        try (InputStream archive =
                        Objects.requireNonNull(
                                PostgresServer.class.getResourceAsStream(ARCHIVE), ARCHIVE);
                var tar =
                        new TarArchiveInputStream(
                                new XZInputStream(new BufferedInputStream(archive)))) {
            for (TarArchiveEntry entry; (entry = tar.getNextEntry()) != null; ) {
                unpack(tar, entry, aside.resolve(entry.getName()).normalize());
            }
        }
        Files.move(aside, home);
        return home;
    }

    private static void unpack(InputStream tar, TarArchiveEntry entry, Path file)
            throws IOException {
        if (entry.isDirectory()) {
            Files.createDirectories(file);
            return;
        }
        Files.createDirectories(file.getParent());
        if (entry.isSymbolicLink()) {
            Files.createSymbolicLink(file, Path.of(entry.getLinkName()));
        } else {
            Files.copy(tar, file);
            Files.setPosixFilePermissions(
                    file,
                    PosixFilePermissions.fromString(
                            (entry.getMode() & 0100) != 0 ? "rwxr-xr-x" : "rw-r--r--"));
        }
    }

    @Override
    public void close() {
        try {
            keeper.getOutputStream().close();
            if (!keeper.waitFor(120, TimeUnit.SECONDS)) {
                keeper.destroyForcibly();
                throw new AssertionError("PostgreSQL did not stop");
            }
        } catch (IOException | InterruptedException e) {
            throw new AssertionError(e);
        }
    }
}
