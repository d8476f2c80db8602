package dev.farol.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.kit.testing.Logs;
import dev.farol.spec.ErrorCode;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The contracts, in a real PostgreSQL; and what only a shared server can do. */
class PostgresStoreIT {
    @RegisterExtension
    static final PostgresServer.Extension POSTGRES = new PostgresServer.Extension();

    @Nested
    class Resources extends ResourceStoreContract {
        @Override
        Store open(StepClock clock) {
            return POSTGRES.open(clock);
        }
    }

    @Nested
    class Operations extends OperationStoreContract {
        @Override
        Store open(StepClock clock) {
            return POSTGRES.open(clock);
        }
    }

    @Nested
    class Transactions extends TransactionContract {
        @Override
        Store open(StepClock clock) {
            return POSTGRES.open(clock);
        }
    }

    @Test
    void twoProcessesLoseNoUpdate() {
        String url = POSTGRES.newDatabase();
        try (Store one = POSTGRES.open(url, new StepClock());
                Store two = POSTGRES.open(url, new StepClock())) {
            one.resources()
                    .create(StoreContract.CREDIT, StoreContract.json("a", 0), Json.object(), "t");
            StoreContract.together(
                    6,
                    thread -> {
                        for (int i = 0; i < 10; i++) {
                            increment(thread % 2 == 0 ? one : two);
                        }
                    });

            assertThat(two.resources().find(StoreContract.CREDIT).orElseThrow().spec())
                    .isEqualTo(StoreContract.json("a", 60));
            assertThat(one.resources().changes(0, 100))
                    .extracting(ResourceStore.Change::number)
                    .hasSize(61)
                    .isSorted();
        }
    }

    @Test
    @Logs("marked as broken because of SQLSTATE(57P01)")
    void goesOnWhenTheServerDropsItsConnections() throws Exception {
        String url = POSTGRES.newDatabase();
        try (Store store = POSTGRES.open(url, new StepClock())) {
            store.resources()
                    .create(StoreContract.CREDIT, StoreContract.json("a", 0), Json.object(), "t");
            for (int i = 0; i < 3; i++) {
                dropConnections(url);
                increment(store);
                dropConnections(url);
                assertThat(store.resources().find(StoreContract.CREDIT).orElseThrow().spec())
                        .isEqualTo(StoreContract.json("a", i + 1));
            }
        }
    }

    @Test
    @Logs("marked as broken because of SQLSTATE(57P01)")
    void aTransactionThatLosesItsConnectionIsRunAgain() {
        String url = POSTGRES.newDatabase();
        int[] runs = {0};
        try (Store store = POSTGRES.open(url, new StepClock())) {
            store.transact(
                    within -> {
                        within.resources()
                                .create(
                                        StoreContract.CREDIT,
                                        StoreContract.json("a", 0),
                                        Json.object(),
                                        "t");
                        if (runs[0]++ == 0) {
                            dropConnections(url);
                        }
                        within.resources()
                                .putSecret(StoreContract.CREDIT, "k", "v".getBytes(UTF_8));
                        return "";
                    });

            assertThat(runs[0]).isEqualTo(2);
            assertThat(store.resources().secret(StoreContract.CREDIT, "k")).isPresent();
        }
    }

    @Test
    void saysWhenThereIsNoServer() {
        StoreContract.refused(
                ErrorCode.UNAVAILABLE,
                () ->
                        Stores.postgres(
                                "jdbc:postgresql://127.0.0.1:1/none?connectTimeout=1", "x", "y"));
    }

    private static void increment(Store store) {
        store.transact(
                within -> {
                    Resource now = within.resources().find(StoreContract.CREDIT).orElseThrow();
                    return within.resources()
                            .updateSpec(
                                    StoreContract.CREDIT,
                                    now.version(),
                                    StoreContract.json("a", now.spec().get("a").intValue() + 1),
                                    "t");
                });
    }

    private static void dropConnections(String url) {
        try (Connection connection = POSTGRES.connect(url);
                Statement statement = connection.createStatement()) {
            statement.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                            + " WHERE datname = current_database() AND pid <> pg_backend_pid()");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }
}
