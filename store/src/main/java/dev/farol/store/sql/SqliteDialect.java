package dev.farol.store.sql;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Semaphore;
import javax.sql.DataSource;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteConfig.JournalMode;
import org.sqlite.SQLiteConfig.SynchronousMode;
import org.sqlite.SQLiteDataSource;
import org.sqlite.SQLiteErrorCode;
import org.sqlite.SQLiteException;

/**
 * SQLite with a write-ahead log: one writer per {@link Durability}, and readers that see the last
 * commit without waiting for it. Connections are opened when first needed.
 */
final class SqliteDialect implements Dialect {
    private static final int READERS = 4;
    private static final int BUSY_MILLIS = 10_000;

    private final Path file;
    private final Map<Durability, Connection> writers = new EnumMap<>(Durability.class);
    private final Semaphore permits = new Semaphore(READERS);
    private final Deque<Connection> idle = new ArrayDeque<>();
    private boolean closed;

    SqliteDialect(Path file) {
        this.file = file;
    }

    @Override
    public Connection writer(Durability durability) throws SQLException {
        requireOpen();
        Connection writer = writers.get(durability);
        if (writer == null) {
            writer = source(durability).getConnection();
            writers.put(durability, writer);
        }
        return writer;
    }

    @Override
    public Connection reader() throws SQLException {
        permits.acquireUninterruptibly();
        boolean given = false;
        try {
            Connection reader = idleReader();
            if (reader == null) {
                reader = source(config()).getConnection();
            }
            given = true;
            return reader;
        } finally {
            if (!given) {
                permits.release();
            }
        }
    }

    @Override
    public void releaseWriter(Connection connection) {}

    @Override
    public void releaseReader(Connection connection) throws SQLException {
        try {
            synchronized (idle) {
                if (!closed) {
                    idle.push(connection);
                    return;
                }
            }
            connection.close();
        } finally {
            permits.release();
        }
    }

    /**
     * As a writer from the start, so that the transaction cannot find itself overtaken. Not through
     * the driver's own transactions: it begins the next one with each commit, and so keeps the file
     * locked.
     */
    @Override
    public void begin(Connection connection, Durability durability) throws SQLException {
        execute(connection, "BEGIN IMMEDIATE");
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        execute(connection, "COMMIT");
    }

    @Override
    public void rollBack(Connection connection) throws SQLException {
        execute(connection, "ROLLBACK");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    /** A file that is locked has been waited for already. */
    @Override
    public boolean worthRepeating(SQLException failure) {
        return lostRace(failure);
    }

    @Override
    public boolean lostRace(SQLException failure) {
        return failure instanceof SQLiteException e
                && e.getResultCode() == SQLiteErrorCode.SQLITE_BUSY_SNAPSHOT;
    }

    @Override
    public String tableCount() {
        return "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = ?";
    }

    @Override
    public Map<String, String> placeholders() {
        return Map.of("key", "TEXT", "bytes", "BLOB");
    }

    @Override
    public DataSource dataSource() {
        return source(Durability.FULL);
    }

    @Override
    public void close() {
        List<Connection> open = new ArrayList<>();
        synchronized (idle) {
            closed = true;
            open.addAll(idle);
            idle.clear();
        }
        open.addAll(writers.values());
        writers.clear();
        for (Connection connection : open) {
            try {
                connection.close();
            } catch (SQLException e) {
                throw Database.unavailable(e);
            }
        }
    }

    private Connection idleReader() throws SQLException {
        synchronized (idle) {
            requireOpen();
            return idle.poll();
        }
    }

    private void requireOpen() throws SQLException {
        if (closed) {
            throw new SQLException("The store is closed");
        }
    }

    private SQLiteDataSource source(Durability durability) {
        SQLiteConfig config = config();
        config.setJournalMode(JournalMode.WAL);
        config.setSynchronous(
                durability == Durability.FULL ? SynchronousMode.FULL : SynchronousMode.NORMAL);
        return source(config);
    }

    private static SQLiteConfig config() {
        var config = new SQLiteConfig();
        config.enforceForeignKeys(true);
        config.setBusyTimeout(BUSY_MILLIS);
        return config;
    }

    private SQLiteDataSource source(SQLiteConfig config) {
        var source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file);
        return source;
    }
}
