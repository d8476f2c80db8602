package dev.farol.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.Operation.Kind;
import org.junit.jupiter.api.Test;

/** What transactions of every store do. */
abstract class TransactionContract extends StoreContract {
    @Test
    void allWritesHappen() {
        Resource created =
                store.transact(
                        within -> {
                            Resource resource =
                                    within.resources()
                                            .create(CREDIT, json("a", 1), json("b", 1), "ana");
                            within.operations().start("o", Kind.CREATE, CREDIT, 1);
                            within.operations().progress("o", "half way");
                            assertThat(within.resources().find(CREDIT)).contains(resource);
                            assertThat(within.operations().find("o")).isPresent();
                            return resource;
                        });

        assertThat(store.resources().find(CREDIT)).contains(created);
        assertThat(store.operations().find("o").orElseThrow().progress()).isEqualTo("half way");
    }

    @Test
    void noneHappensWhenTheWorkThrows() {
        create(CREDIT);
        store.resources().putSecret(CREDIT, "key", "old".getBytes(UTF_8));
        Resource before = store.resources().find(CREDIT).orElseThrow();
        long change = store.resources().lastChange();

        assertThatThrownBy(
                        () ->
                                store.transact(
                                        within -> {
                                            within.resources()
                                                    .updateSpec(
                                                            CREDIT,
                                                            before.version(),
                                                            json("a", 9),
                                                            "eve");
                                            within.resources()
                                                    .putSecret(
                                                            CREDIT, "key", "new".getBytes(UTF_8));
                                            within.operations().start("o", Kind.UPDATE, CREDIT, 2);
                                            within.resources()
                                                    .create(
                                                            BLUE,
                                                            json("a", 1),
                                                            json("b", 1),
                                                            "eve");
                                            throw new FarolException(
                                                    ErrorCode.RESOURCE_IN_USE, "second thoughts");
                                        }))
                .hasMessage("second thoughts");

        assertThat(store.resources().find(CREDIT)).contains(before);
        assertThat(store.resources().find(BLUE)).isEmpty();
        assertThat(store.resources().secret(CREDIT, "key").orElseThrow())
                .isEqualTo("old".getBytes(UTF_8));
        assertThat(store.operations().find("o")).isEmpty();
        assertThat(store.resources().lastChange()).isEqualTo(change);
        assertThat(store.resources().changes(change, 10)).isEmpty();
    }

    @Test
    void aTransactionWithinIsTheSame() {
        assertThatThrownBy(
                        () ->
                                store.transact(
                                        outer -> {
                                            outer.transact(
                                                    inner ->
                                                            inner.resources()
                                                                    .create(
                                                                            CREDIT,
                                                                            json("a", 1),
                                                                            json("b", 1),
                                                                            "ana"));
                                            throw new IllegalStateException("after all");
                                        }))
                .hasMessage("after all");

        assertThat(store.resources().find(CREDIT)).isEmpty();
    }

    @Test
    void theOuterStoreIsRefusedInside() {
        assertThatThrownBy(() -> store.transact(within -> store.resources().find(CREDIT)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> store.transact(within -> create(CREDIT)))
                .isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(
                        () ->
                                store.transact(
                                        within -> {
                                            within.close();
                                            return "";
                                        }))
                .isInstanceOf(IllegalStateException.class);

        create(CREDIT);
    }

    @Test
    void losesNoUpdate() {
        create(CREDIT);
        create(BLUE);
        together(
                8,
                thread -> {
                    for (int i = 0; i < 10; i++) {
                        store.transact(
                                within -> {
                                    Resource one = within.resources().find(CREDIT).orElseThrow();
                                    Resource two = within.resources().find(BLUE).orElseThrow();
                                    assertThat(two.spec()).isEqualTo(one.spec());
                                    var next = json("a", one.spec().get("a").intValue() + 1);
                                    within.resources().updateSpec(CREDIT, one.version(), next, "t");
                                    return within.resources()
                                            .updateSpec(BLUE, two.version(), next, "t");
                                });
                    }
                });

        assertThat(store.resources().find(CREDIT).orElseThrow().spec()).isEqualTo(json("a", 81));
        assertThat(store.resources().find(BLUE).orElseThrow().spec()).isEqualTo(json("a", 81));
    }

    @Test
    void readersSeeTheLastCommitWithoutWaiting() {
        create(CREDIT);
        store.transact(
                within -> {
                    within.resources()
                            .updateSpec(
                                    CREDIT,
                                    within.resources().find(CREDIT).orElseThrow().version(),
                                    json("a", 2),
                                    "t");
                    if (readsBesideWriter()) {
                        together(
                                1,
                                thread ->
                                        assertThat(
                                                        store.resources()
                                                                .find(CREDIT)
                                                                .orElseThrow()
                                                                .spec())
                                                .isEqualTo(json("a", 1)));
                    }
                    return "";
                });

        assertThat(store.resources().find(CREDIT).orElseThrow().spec()).isEqualTo(json("a", 2));
    }

    /** Whether a reader can go on while a transaction runs. */
    boolean readsBesideWriter() {
        return true;
    }
}
