package dev.farol.store;

import java.nio.file.Path;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.io.TempDir;

/** The contracts, in a SQLite file. */
class SqliteStoreIT {
    @Nested
    class Resources extends ResourceStoreContract {
        @TempDir Path folder;

        @Override
        Store open(StepClock clock) {
            return Stores.sqlite(folder.resolve("farol.db"), clock);
        }
    }

    @Nested
    class Operations extends OperationStoreContract {
        @TempDir Path folder;

        @Override
        Store open(StepClock clock) {
            return Stores.sqlite(folder.resolve("farol.db"), clock);
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        @TempDir Path folder;

        @Override
        Store open(StepClock clock) {
            return Stores.sqlite(folder.resolve("farol.db"), clock);
        }
    }
}
