package dev.farol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.cli.FakeArm.Reply;
import dev.farol.cli.doc.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Waiting for operations: when it looks, what it says, how it ends. */
class OperationIT {
    @TempDir Path folder;
    private FakeArm arm;
    private Person person;

    @BeforeEach
    void start() throws IOException {
        arm = new FakeArm();
        person = Person.at(arm, folder);
        arm.operation.clear();
    }

    @AfterEach
    void stop() {
        arm.close();
    }

    private static Reply running(String progress) {
        return Reply.json(
                200, Tree.of("status", "Creating", "properties", Tree.of("progress", progress)));
    }

    private static Reply done() {
        return Reply.json(200, Tree.of("status", "Succeeded"));
    }

    private int creates(String... more) {
        var arguments =
                new java.util.ArrayList<>(List.of("online-endpoint", "create", "-n", "credit"));
        arguments.addAll(List.of(more));
        return person.types(arguments.toArray(String[]::new));
    }

    @Test
    void looksAtOnceAndThenFromFiftyMillisecondsUpToOneSecond() {
        for (int i = 0; i < 12; i++) {
            arm.operation.add(running("x"));
        }
        arm.operation.add(done());
        assertThat(creates()).isZero();
        assertThat(person.pauses).hasSize(12).isSorted();
        assertThat(person.pauses.getFirst()).isEqualTo(Duration.ofMillis(50));
        assertThat(person.pauses.getLast()).isEqualTo(Duration.ofSeconds(1));
    }

    @Test
    void pausesNotAtAllWhenItIsOverAtTheFirstLook() {
        arm.operation.add(done());
        assertThat(creates()).isZero();
        assertThat(person.pauses).isEmpty();
    }

    @Test
    void waitsAsLongAsTheServiceSays() {
        arm.operation.add(running("x").with("x-ms-retry-after-ms", "200").with("Retry-After", "7"));
        arm.operation.add(running("x").with("Retry-After", "2"));
        arm.operation.add(running("x").with("Retry-After", "0"));
        arm.operation.add(done());
        creates();
        assertThat(person.pauses)
                .containsExactly(
                        Duration.ofMillis(200), Duration.ofSeconds(2), Duration.ofMillis(50));
    }

    @Test
    void saysProgressOnceWithTheSecondsThatPassed() {
        arm.operation.add(running("environment: resolving").with("x-ms-retry-after-ms", "1500"));
        arm.operation.add(running("environment: resolving").with("x-ms-retry-after-ms", "1500"));
        arm.operation.add(running("starting 1 of 1").with("x-ms-retry-after-ms", "1"));
        arm.operation.add(done());
        creates();
        assertThat(person.err.toString())
                .isEqualTo(
                        """
                        [   0.0 s] environment: resolving
                        [   3.0 s] starting 1 of 1
                        """);
        for (Reply reply : List.of(running("x"), done())) {
            arm.operation.add(reply);
        }
        creates("--only-show-errors");
        assertThat(person.err.toString()).isEmpty();
    }

    @Test
    void aFailureIsTheServicesOwnTextAndExitCodeOne() {
        arm.operation.add(
                Reply.json(
                        200,
                        Tree.of(
                                "status",
                                "Failed",
                                "error",
                                Tree.of(
                                        "code",
                                        "UserScriptImportError",
                                        "message",
                                        "score.py cannot be imported\n  phase:     code\n  fix:"
                                                + "       add joblib",
                                        "details",
                                        List.of(Tree.of("code", "X", "message", "more"))))));
        assertThat(creates()).isEqualTo(1);
        assertThat(person.out.toString()).isEmpty();
        assertThat(person.err.toString())
                .isEqualTo(
                        """
                        ERROR: (UserScriptImportError) score.py cannot be imported
                          phase:     code
                          fix:       add joblib
                        Code: UserScriptImportError
                        Exception Details:
                        \t(X) more
                        """);
    }

    @Test
    void aCancelledOperationFails() {
        arm.operation.add(
                Reply.json(
                        200,
                        Tree.of(
                                "status",
                                "Canceled",
                                "error",
                                Tree.of(
                                        "code",
                                        "OperationCanceled",
                                        "message",
                                        "by a newer one"))));
        assertThat(creates()).isEqualTo(1);
        assertThat(person.err.toString()).contains("(OperationCanceled) by a newer one");
    }

    @Test
    void doesNotWaitWhenToldSo() {
        arm.operation.add(running("x"));
        assertThat(creates("--no-wait")).isZero();
        assertThat(arm.lines()).noneMatch(line -> line.contains("/operations/"));
        assertThat(person.out.toString()).isEmpty();
    }

    @Test
    void followsALocationUntilItIsThere() {
        arm.put("/onlineEndpoints/credit", Tree.of("authMode", "Key"));
        arm.script(
                "POST {WS}/onlineEndpoints/credit/regenerateKeys",
                call -> new Reply(202, java.util.Map.of("Location", arm.url() + "/later"), ""));
        var looks = new java.util.concurrent.atomic.AtomicInteger();
        arm.script(
                "GET /later",
                call -> new Reply(looks.incrementAndGet() < 3 ? 202 : 200, java.util.Map.of(), ""));
        assertThat(
                        person.types(
                                "online-endpoint",
                                "regenerate-keys",
                                "-n",
                                "credit",
                                "--key-type",
                                "Secondary"))
                .isZero();
        assertThat(looks).hasValue(3);
        assertThat(arm.calls)
                .anySatisfy(
                        call ->
                                assertThat(call.text())
                                        .isEqualTo(
                                                "{\"keyType\":\"Secondary\",\"keyValue\":\"sk\"}"));
    }

    @Test
    void somebodyWhoInterruptsIsToldHowToLookLater() {
        arm.operation.add(running("x"));
        arm.operation.add(done());
        person.onPause = () -> person.farewell.get().run();
        creates();
        assertThat(person.err.toString())
                .contains("Look later with: farol online-endpoint show -n credit");
        assertThat(person.farewell.get()).as("said no more when it is over").isNull();
    }

    @Test
    void goesOnWhenTheServiceIsAwayForAMoment() {
        arm.operation.add(running("x"));
        arm.operation.add(done());
        var broken = new java.util.concurrent.atomic.AtomicInteger();
        person.client =
                call -> {
                    if (call.url().contains("/operations/") && broken.incrementAndGet() == 2) {
                        throw new IOException("reset");
                    }
                };
        assertThat(creates()).as(person.err.toString()).isZero();
        assertThat(broken.get()).isEqualTo(3);
    }

    @Test
    void saysThatNothingRuns() throws IOException {
        Files.delete(Addresses.file(folder.resolve("home")));
        assertThat(person.types("online-endpoint", "list")).isEqualTo(1);
        assertThat(person.err.toString())
                .isEqualTo(
                        "ERROR: Farol is not running here (home "
                                + folder.resolve("home")
                                + "). Start it with: farol up --detach\n");
    }

    @Test
    void saysTheSameWhenTheAddressIsStale() {
        arm.close();
        assertThat(person.types("online-endpoint", "list")).isEqualTo(1);
        assertThat(person.err.toString()).contains("Farol is not running here");
    }
}
