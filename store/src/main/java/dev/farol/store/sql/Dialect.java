package dev.farol.store.sql;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Map;
import javax.sql.DataSource;

/** Where two databases differ: their connections, and what may be tried again. */
interface Dialect extends AutoCloseable {
    /** A connection for a transaction; asked for by one thread of this process at a time. */
    Connection writer(Durability durability) throws SQLException;

    Connection reader() throws SQLException;

    /** Takes back a connection that {@link #writer} gave. */
    void releaseWriter(Connection connection) throws SQLException;

    /** Takes back a connection that {@link #reader} gave. */
    void releaseReader(Connection connection) throws SQLException;

    /** Begins a transaction on a connection of {@link #writer}, and holds off other processes. */
    void begin(Connection connection, Durability durability) throws SQLException;

    void commit(Connection connection) throws SQLException;

    void rollBack(Connection connection) throws SQLException;

    /** Whether a transaction gave way to another, at a statement or at its commit. */
    boolean lostRace(SQLException failure);

    /** Whether what failed, short of a commit, may succeed if it is run again. */
    boolean worthRepeating(SQLException failure);

    /** A query for the number of tables of the given name. */
    String tableCount();

    /** What the placeholders of the migrations stand for. */
    Map<String, String> placeholders();

    /** For migrations. */
    DataSource dataSource();

    @Override
    void close();

    /** What a commit waits for. */
    enum Durability {
        /** The disk: the change survives a power failure. */
        FULL,
        /** Nothing: the change survives a crash of the process only. */
        RELAXED
    }
}
