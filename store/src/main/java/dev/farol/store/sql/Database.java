package dev.farol.store.sql;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.store.rule.Refusal;
import dev.farol.store.sql.Dialect.Durability;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;

/**
 * Reads and transactions. Within the process one transaction runs at a time, by a fair lock: SQLite
 * allows no more, and a lock that threads queue at is cheaper than losing races. Reads never wait
 * for it.
 */
public final class Database implements AutoCloseable {
    private static final int ATTEMPTS = 12;
    private static final long FIRST_PAUSE_NANOS = 2_000_000;

    private final Dialect dialect;
    private final ReentrantLock writing = new ReentrantLock(true);

    Database(Dialect dialect) {
        this.dialect = dialect;
    }

    /** Runs one query, or several that need not agree with each other. */
    public <T> T read(Function<Sql, T> work) {
        refuseNesting();
        return repeatedly(() -> readOnce(work));
    }

    /** Runs {@code work} in a transaction; again when it lost a race with another process. */
    public <T> T write(Function<Sql, T> work) {
        return write(Durability.FULL, work);
    }

    <T> T write(Durability durability, Function<Sql, T> work) {
        refuseNesting();
        return repeatedly(() -> writeOnce(durability, work));
    }

    /** One attempt, which may be repeated if it fails. */
    private interface Attempt<T> {
        T run() throws SQLException;
    }

    private <T> T repeatedly(Attempt<T> attempt) {
        for (int number = 1; ; number++) {
            try {
                return attempt.run();
            } catch (SQLException e) {
                if (number == ATTEMPTS || !dialect.worthRepeating(e)) {
                    throw unavailable(e);
                }
            }
            pause(number);
        }
    }

    private <T> T readOnce(Function<Sql, T> work) throws SQLException {
        Connection connection = dialect.reader();
        try {
            return work.apply(new Sql(connection));
        } catch (SqlFailure e) {
            throw e.reason();
        } finally {
            dialect.releaseReader(connection);
        }
    }

    private <T> T writeOnce(Durability durability, Function<Sql, T> work) throws SQLException {
        writing.lock();
        try {
            Connection connection = dialect.writer(durability);
            try {
                T result = inTransaction(connection, durability, work);
                commit(connection);
                return result;
            } finally {
                dialect.releaseWriter(connection);
            }
        } finally {
            writing.unlock();
        }
    }

    private <T> T inTransaction(Connection connection, Durability durability, Function<Sql, T> work)
            throws SQLException {
        try {
            dialect.begin(connection, durability);
            return work.apply(new Sql(connection));
        } catch (SqlFailure e) {
            rollBack(connection, e.reason());
            throw e.reason();
        } catch (Throwable e) {
            rollBack(connection, e);
            throw e;
        }
    }

    /**
     * A commit that failed for another reason than a lost race may have happened: no repetition.
     */
    private void commit(Connection connection) throws SQLException {
        try {
            dialect.commit(connection);
        } catch (SQLException e) {
            rollBack(connection, e);
            if (dialect.lostRace(e)) {
                throw e;
            }
            throw unavailable(e);
        }
    }

    private void rollBack(Connection connection, Throwable reason) {
        try {
            dialect.rollBack(connection);
        } catch (SQLException e) {
            reason.addSuppressed(e);
        }
    }

    /** Waiting for oneself would never end, and a read would miss the transaction's own writes. */
    private void refuseNesting() {
        if (writing.isHeldByCurrentThread()) {
            throw Refusal.nested();
        }
    }

    private static void pause(int attempt) {
        long most = FIRST_PAUSE_NANOS << Math.min(attempt, 7);
        LockSupport.parkNanos(ThreadLocalRandom.current().nextLong(most / 2, most));
    }

    static FarolException unavailable(SQLException reason) {
        return new FarolException(
                Problem.of(
                        ErrorCode.UNAVAILABLE,
                        "The database did not take the request: " + reason.getMessage()),
                reason);
    }

    @Override
    public void close() {
        writing.lock();
        try {
            dialect.close();
        } finally {
            writing.unlock();
        }
    }
}
