package dev.farol.store;

import org.junit.jupiter.api.Nested;

/** The contracts, without a disk. */
class MemoryStoreTest {
    @Nested
    class Resources extends ResourceStoreContract {
        @Override
        Store open(StepClock clock) {
            return Stores.memory(clock);
        }
    }

    @Nested
    class Operations extends OperationStoreContract {
        @Override
        Store open(StepClock clock) {
            return Stores.memory(clock);
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        @Override
        Store open(StepClock clock) {
            return Stores.memory(clock);
        }

        @Override
        boolean readsBesideWriter() {
            return false;
        }
    }
}
