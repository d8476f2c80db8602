package dev.farol.control.reconcile;

import static dev.farol.control.reconcile.House.behaviour;
import static dev.farol.control.reconcile.House.capacity;
import static dev.farol.control.reconcile.House.deployment;
import static dev.farol.control.reconcile.House.endpoint;
import static dev.farol.control.reconcile.House.variable;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.model.StatusDocument;
import dev.farol.control.model.VerdictDocument;
import dev.farol.kit.testing.Logs;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.ProvisioningState;
import dev.farol.store.Operation;
import dev.farol.store.Operation.Kind;
import dev.farol.store.Operation.Status;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Logs("The endpoint cannot be published now")
class CrashRecoveryIT {
    @TempDir Path home;

    /**
     * @param before what is there already
     * @param change what Farol is killed in the middle of
     * @param end how its operation ends all the same
     * @param after what must hold then
     */
    record Case(
            String name,
            Consumer<House> before,
            Function<House, String> change,
            Status end,
            Consumer<House> after) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Case> cases() {
        Consumer<House> endpoint = house -> house.await(house.putEndpoint("credit", Map.of()));
        Consumer<House> blue =
                endpoint.andThen(
                        house ->
                                house.await(
                                        house.putDeployment(
                                                "credit", "blue", variable("A", "old"))));
        return Stream.of(
                new Case(
                        "creation of an endpoint",
                        house -> {},
                        house -> house.putEndpoint("credit", Map.of()),
                        Status.SUCCEEDED,
                        house -> assertThat(house.loop.snapshot().endpoint("credit")).isPresent()),
                new Case(
                        "creation of a deployment",
                        endpoint,
                        house -> house.putDeployment("credit", "blue", capacity(2)),
                        Status.SUCCEEDED,
                        house -> serves(house, 2, "A", null)),
                new Case(
                        "creation that fails",
                        endpoint,
                        house -> house.putDeployment("credit", "blue", behaviour("fail")),
                        Status.FAILED,
                        house -> eventually("none is left", () -> house.running().isEmpty())),
                new Case(
                        "update",
                        blue,
                        house -> house.putDeployment("credit", "blue", variable("A", "new")),
                        Status.SUCCEEDED,
                        house -> serves(house, 1, "A", "new")),
                new Case(
                        "update that fails",
                        blue,
                        house -> house.putDeployment("credit", "blue", behaviour("fail")),
                        Status.FAILED,
                        house -> serves(house, 1, "A", "old")),
                new Case(
                        "restart of the instances",
                        blue,
                        house -> house.restartDeployment("credit", "blue"),
                        Status.SUCCEEDED,
                        house -> {
                            serves(house, 1, "A", "old");
                            StatusDocument status = house.status(deployment("credit", "blue"));
                            assertThat(status.restart()).startsWith("restart:");
                            assertThat(status.lastGood().orElseThrow().restart())
                                    .isEqualTo(status.restart());
                        }),
                new Case(
                        "scaling",
                        blue,
                        house ->
                                house.putDeployment(
                                        "credit", "blue", variable("A", "old"), capacity(3)),
                        Status.SUCCEEDED,
                        house -> serves(house, 3, "A", "old")),
                new Case(
                        "deletion of a deployment",
                        blue,
                        house -> house.delete(deployment("credit", "blue")),
                        Status.SUCCEEDED,
                        house -> {
                            assertThat(house.store.resources().find(deployment("credit", "blue")))
                                    .isEmpty();
                            eventually("none is left", () -> house.running().isEmpty());
                        }),
                new Case(
                        "deletion of an endpoint",
                        blue,
                        house -> house.delete(endpoint("credit")),
                        Status.SUCCEEDED,
                        house -> {
                            assertThat(house.store.resources().find(endpoint("credit"))).isEmpty();
                            eventually("none is left", () -> house.running().isEmpty());
                        }));
    }

    @ParameterizedTest
    @MethodSource("cases")
    @Logs("BreakingStore$Broken")
    void endsWhateverWriteItDiedAt(Case each) {
        int crashes = 0;
        for (boolean after : new boolean[] {false, true}) {
            boolean crashed = true;
            for (int write = 1; crashed; write++) {
                crashed = survives(each, write, after);
                crashes += crashed ? 1 : 0;
            }
        }
        assertThat(crashes).as("writes that were tried").isGreaterThanOrEqualTo(2);
    }

    /** Answers whether the change was long enough to be interrupted at that write. */
    private boolean survives(Case each, int write, boolean after) {
        Path folder = home.resolve(write + (after ? "after" : "before"));
        try (var house = new House(folder).start()) {
            each.before().accept(house);
            house.stop();
            house.backend = new FakeBackend();
            var breaking = new BreakingStore(house.store, write, after);
            house.start(breaking);
            String operation = each.change().apply(house);
            eventually(
                    "it ends or dies",
                    () ->
                            breaking.broken()
                                    || house.store
                                            .operations()
                                            .find(operation)
                                            .orElseThrow()
                                            .status()
                                            .terminal());
            house.restart();
            Operation ended = house.await(operation);
            assertThat(ended.status()).as("write %s, after %s", write, after).isEqualTo(each.end());
            each.after().accept(house);
            assertThat(house.store.operations().unfinished()).isEmpty();
            return breaking.broken();
        }
    }

    @Test
    void endsOperationsThatNobodyWorksOn() {
        try (var house = new House(home).start()) {
            house.await(house.putEndpoint("credit", Map.of()));
            house.stop();
            house.store.transact(
                    tx -> {
                        tx.operations().start("1", Kind.UPDATE, deployment("credit", "no"), 1);
                        tx.operations().start("2", Kind.DELETE, deployment("credit", "no"), 0);
                        tx.operations().start("3", Kind.UPDATE, endpoint("credit"), 1);
                        tx.operations().start("4", Kind.ACTION, endpoint("credit"), 1);
                        return tx.operations()
                                .start("5", Kind.CREATE, House.WORKSPACE.child("jobs", "x"), 1);
                    });
            house.backend = new FakeBackend();
            house.start();

            assertThat(house.await("1").status()).isEqualTo(Status.CANCELED);
            assertThat(house.await("2").status()).isEqualTo(Status.SUCCEEDED);
            assertThat(house.await("3").status()).isEqualTo(Status.CANCELED);
            assertThat(house.await("4").status()).isEqualTo(Status.FAILED);
            assertThat(house.await("5").error())
                    .isEqualTo(
                            VerdictDocument.error(
                                    ErrorCode.INTERRUPTED, ErrorCode.INTERRUPTED.doc(), null));
        }
    }

    @Test
    void removesInstancesAndFilesThatBelongToNothing() {
        try (var house = new House(home).start()) {
            house.await(house.putEndpoint("credit", Map.of()));
            house.await(house.putDeployment("credit", "blue"));
            house.loop.close();
            assertThat(house.store.resources().delete(deployment("credit", "blue"))).isTrue();

            house.start();

            eventually("the instance goes", () -> house.running().isEmpty());
            assertThat(Folders.children(home.resolve("assets/apps"))).isEmpty();
            assertThat(Folders.children(home.resolve("logs"))).isEmpty();
        }
    }

    @Test
    void adoptsInstancesThatOutlivedIt() {
        try (var house = new House(home).start()) {
            house.await(house.putEndpoint("credit", Map.of()));
            house.await(house.putDeployment("credit", "blue"));
            List<String> before = house.running();
            house.loop.close();

            house.start();

            eventually("they serve", () -> house.routed("credit", "blue").equals(before));
            assertThat(house.running()).isEqualTo(before);
        }
    }

    private static void serves(House house, int count, String name, String value) {
        eventually("it serves", () -> house.routed("credit", "blue").size() == count);
        eventually(
                "nothing else runs", () -> house.running().equals(house.routed("credit", "blue")));
        assertThat(house.backend.specs.values())
                .allSatisfy(
                        spec -> assertThat(spec.environmentVariables().get(name)).isEqualTo(value));
        assertThat(house.state(deployment("credit", "blue")).terminal()).isTrue();
        assertThat(house.state(endpoint("credit"))).isEqualTo(ProvisioningState.SUCCEEDED);
    }
}
