package dev.farol.store.sql;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Map;
import java.util.Set;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/**
 * PostgreSQL, perhaps shared by several processes. A transaction begins by taking one advisory
 * lock, so that there is one writer everywhere: the change feed is then committed in the order of
 * its numbers, and no transaction works on what another is about to replace. The isolation stays
 * "read committed": a stricter level would fix what is seen before the lock is had.
 */
final class PostgresDialect implements Dialect {
    private static final int CONNECTIONS = 10;
    private static final long CONNECT_MILLIS = 10_000;

    /** "farol" in ASCII: any number, the same in every process. */
    private static final long WRITERS = 0x6661726f6cL;

    /** Serialization failure and deadlock. */
    private static final Set<String> RACES = Set.of("40001", "40P01");

    /** The server ended the connection; classes are the first two characters of a state. */
    private static final Set<String> SHUTDOWNS = Set.of("57P01", "57P02", "57P03");

    private static final String CONNECTION_CLASS = "08";

    private final HikariDataSource pool;

    PostgresDialect(String url, String user, String password) {
        var source = new PGSimpleDataSource();
        source.setUrl(url);
        source.setUser(user);
        source.setPassword(password);
        source.setTcpKeepAlive(true);
        var config = new HikariConfig();
        config.setPoolName("farol-store");
        config.setDataSource(source);
        config.setMaximumPoolSize(CONNECTIONS);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(CONNECT_MILLIS);
        config.setInitializationFailTimeout(1);
        config.setAutoCommit(true);
        config.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        try {
            this.pool = new HikariDataSource(config);
        } catch (PoolInitializationException e) {
            throw Database.unavailable(
                    e.getCause() instanceof SQLException reason ? reason : new SQLException(e));
        }
    }

    @Override
    public Connection writer(Durability durability) throws SQLException {
        return pool.getConnection();
    }

    @Override
    public Connection reader() throws SQLException {
        return pool.getConnection();
    }

    @Override
    public void releaseWriter(Connection connection) throws SQLException {
        connection.close();
    }

    @Override
    public void releaseReader(Connection connection) throws SQLException {
        connection.close();
    }

    @Override
    public void begin(Connection connection, Durability durability) throws SQLException {
        connection.setAutoCommit(false);
        var sql = new Sql(connection);
        sql.first("SELECT pg_advisory_xact_lock(?)", row -> true, WRITERS);
        if (durability == Durability.RELAXED) {
            sql.update("SET LOCAL synchronous_commit = off");
        }
    }

    @Override
    public void commit(Connection connection) throws SQLException {
        connection.commit();
    }

    @Override
    public void rollBack(Connection connection) throws SQLException {
        connection.rollback();
    }

    @Override
    public boolean worthRepeating(SQLException failure) {
        if (failure instanceof SQLTransientConnectionException) {
            return false; // the pool has tried long enough
        }
        String state = failure.getSQLState();
        boolean disconnected =
                state != null && (SHUTDOWNS.contains(state) || state.startsWith(CONNECTION_CLASS));
        return disconnected || lostRace(failure);
    }

    @Override
    public boolean lostRace(SQLException failure) {
        return failure.getSQLState() != null && RACES.contains(failure.getSQLState());
    }

    @Override
    public String tableCount() {
        return "SELECT count(*) FROM pg_class WHERE oid = to_regclass(?)";
    }

    @Override
    public Map<String, String> placeholders() {
        return Map.of("key", "TEXT COLLATE \"C\"", "bytes", "BYTEA");
    }

    @Override
    public DataSource dataSource() {
        return pool;
    }

    @Override
    public void close() {
        pool.close();
    }
}
