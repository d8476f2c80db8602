package dev.farol.store.sql;

import dev.farol.store.OperationStore;
import dev.farol.store.ResourceStore;
import dev.farol.store.Store;
import dev.farol.store.rule.Refusal;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.function.Function;

/** The store in a database. */
public final class SqlStore implements Store {
    private final Database database;
    private final InstantSource clock;
    private final ResourceStore resources;
    private final OperationStore operations;

    private SqlStore(Database database, InstantSource clock) {
        this.database = database;
        this.clock = clock;
        SqlAccess access = new SqlAccess.Single(database);
        this.resources = new SqlResources(access, clock);
        this.operations = new SqlOperations(access, clock);
    }

    public static SqlStore sqlite(Path file, InstantSource clock) {
        return new SqlStore(Databases.sqlite(file, Schema.STORE), clock);
    }

    public static SqlStore postgres(String url, String user, String password, InstantSource clock) {
        return new SqlStore(Databases.postgres(url, user, password, Schema.STORE), clock);
    }

    @Override
    public ResourceStore resources() {
        return resources;
    }

    @Override
    public OperationStore operations() {
        return operations;
    }

    @Override
    public <T> T transact(Function<Store, T> work) {
        return database.write(sql -> work.apply(new Transaction(sql, clock)));
    }

    @Override
    public void close() {
        database.close();
    }

    /** The store that the work of a transaction is given. */
    private static final class Transaction implements Store {
        private final ResourceStore resources;
        private final OperationStore operations;

        Transaction(Sql sql, InstantSource clock) {
            SqlAccess access = new SqlAccess.Within(sql);
            this.resources = new SqlResources(access, clock);
            this.operations = new SqlOperations(access, clock);
        }

        @Override
        public ResourceStore resources() {
            return resources;
        }

        @Override
        public OperationStore operations() {
            return operations;
        }

        @Override
        public <T> T transact(Function<Store, T> work) {
            return work.apply(this);
        }

        @Override
        public void close() {
            throw Refusal.nested();
        }
    }
}
