package dev.farol.store.sql;

import dev.farol.store.sql.Dialect.Durability;
import java.util.function.Function;

/** How a store reaches the database: each call by itself, or all in the transaction it is in. */
interface SqlAccess {
    <T> T read(Function<Sql, T> work);

    <T> T write(Durability durability, Function<Sql, T> work);

    /** Each call by itself. */
    record Single(Database database) implements SqlAccess {
        @Override
        public <T> T read(Function<Sql, T> work) {
            return database.read(work);
        }

        @Override
        public <T> T write(Durability durability, Function<Sql, T> work) {
            return database.write(durability, work);
        }
    }

    /** All in one transaction. */
    record Within(Sql sql) implements SqlAccess {
        @Override
        public <T> T read(Function<Sql, T> work) {
            return work.apply(sql);
        }

        @Override
        public <T> T write(Durability durability, Function<Sql, T> work) {
            return work.apply(sql);
        }
    }
}
