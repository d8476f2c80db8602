package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.kit.testing.Eventually;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Changes under load: nothing that a user does to a deployment costs one of its callers an answer.
 */
class RolloutE2E {
    private static final String TWO_INSTANCES =
            """
            instance_count: 2
            request_settings: {max_concurrent_requests_per_instance: 8}
            """;

    @AutoClose private Farol farol;
    private Project project;
    private String uri;
    private String key;

    @BeforeEach
    void open() throws Exception {
        farol = new Farol();
        project = new Project(farol);
    }

    /** Starts, and serves a deployment blue of which the YAML says that too. */
    private void serve(String more) throws Exception {
        project.deployment("blue", more);
        farol.up();
        project.serve(farol);
        uri = farol.scoringUri("credit");
        key = farol.key("credit");
    }

    /** Callers that never pause, and what they saw. */
    private final class Load implements AutoCloseable {
        final Queue failures = new Queue();
        final AtomicLong answered = new AtomicLong();
        private final AtomicBoolean running = new AtomicBoolean(true);
        private final List<Thread> threads = new ArrayList<>();

        /** Failures, in words. */
        static final class Queue extends ConcurrentLinkedQueue<String> {
            private static final long serialVersionUID = 1L;
        }

        Load(int callers) {
            for (int i = 0; i < callers; i++) {
                threads.add(
                        Thread.ofVirtual()
                                .start(
                                        () -> {
                                            while (running.get()) {
                                                try {
                                                    var answer =
                                                            farol.score(uri, key, "{\"n\": 1}");
                                                    if (answer.statusCode() != 200) {
                                                        failures.add(
                                                                answer.statusCode()
                                                                        + " "
                                                                        + answer.headers().map()
                                                                        + " "
                                                                        + answer.body());
                                                    }
                                                    answered.incrementAndGet();
                                                } catch (Exception failure) {
                                                    if (running.get()) {
                                                        failures.add(failure.toString());
                                                    }
                                                }
                                            }
                                        }));
            }
        }

        void awaitMore(int requests) {
            long target = answered.get() + requests;
            Eventually.eventually(requests + " more requests", () -> answered.get() >= target);
        }

        @Override
        public void close() {
            running.set(false);
            for (Thread thread : threads) {
                try {
                    thread.join();
                } catch (InterruptedException interrupted) {
                    Thread.currentThread().interrupt();
                    throw new IllegalStateException(interrupted);
                }
            }
        }
    }

    private void scale(int count) throws Exception {
        String set = "instance_count=" + count;
        farol.run("online-deployment", "update", "-e", "credit", "-n", "blue", "--set", set).ok();
    }

    @Test
    void updatesAndScalingLoseNoRequest() throws Exception {
        serve(TWO_INSTANCES);
        try (var load = new Load(4)) {
            load.awaitMore(100);
            project.model("second");
            farol.run("online-deployment", "update", "-f", project.path("blue-deployment.yml"))
                    .ok();
            load.awaitMore(100);
            assertThat(farol.score(uri, key, "{}").body()).contains("second");

            scale(3);
            load.awaitMore(100);
            scale(1);
            load.awaitMore(100);
            assertThat(load.failures).isEmpty();

            // An update that cannot come up leaves the one before it serving.
            project.script(
                    "def init():\n    raise RuntimeError('no')\n\ndef run(raw):\n    return {}\n");
            var failed =
                    farol.run(
                            "online-deployment",
                            "update",
                            "-f",
                            project.path("blue-deployment.yml"));
            assertThat(failed.exit()).isNotZero();
            load.awaitMore(100);
            assertThat(load.failures).isEmpty();
        }
        assertThat(farol.score(uri, key, "{}").body()).contains("second");
    }

    @Test
    void aRestartReplacesEveryProcessAndLosesNoRequest() throws Exception {
        serve(TWO_INSTANCES);
        String[] show = {"online-deployment", "show", "-n", "blue", "-e", "credit"};
        try (var load = new Load(4)) {
            Set<String> old = both();
            JsonNode before = withoutOperation(farol.run(show).ok().json());
            load.awaitMore(100);

            var restarted =
                    farol.run("online-deployment", "restart", "-n", "blue", "-e", "credit").ok();

            load.awaitMore(100);
            assertThat(withoutOperation(restarted.json())).isEqualTo(before);
            Set<String> fresh = both();
            assertThat(fresh).doesNotContainAnyElementsOf(old);
            Eventually.eventually(
                    "the old ones go",
                    () ->
                            farol.processes().stream()
                                    .map(process -> Long.toString(process.pid()))
                                    .noneMatch(old::contains));

            farol.run("online-deployment", "update", "-f", project.path("blue-deployment.yml"))
                    .ok();
            assertThat(both()).as("the same again").isEqualTo(fresh);
            assertThat(load.failures).isEmpty();
        }
    }

    /** The processes that answer, when both instances did. */
    private Set<String> both() {
        var pids = new TreeSet<String>();
        Eventually.eventually(
                "both answer",
                () -> {
                    pids.add(
                            Json.STRICT
                                    .readTree(farol.score(uri, key, "{}").body())
                                    .path("pid")
                                    .asString());
                    return pids.size() == 2;
                });
        return pids;
    }

    private static JsonNode withoutOperation(JsonNode deployment) {
        ((ObjectNode) deployment.path("properties")).remove("AzureAsyncOperationUri");
        return deployment;
    }

    @Test
    void aKilledWorkerFailsOnlyWhatItRanAndIsHealed() throws Exception {
        project.script(
                """
                import json, os, signal

                def init():
                    pass

                def run(raw):
                    body = json.loads(raw)
                    if body.get("die"):
                        os.kill(os.getpid(), signal.SIGKILL)
                    return {"pid": os.getpid()}
                """);
        serve(
                """
                environment_variables: {WORKER_COUNT: "2"}
                request_settings: {max_concurrent_requests_per_instance: 4}
                """);
        try (var load = new Load(3)) {
            load.awaitMore(50);
            for (int i = 0; i < 5; i++) {
                var died = farol.score(uri, key, "{\"die\": true}");
                assertThat(died.statusCode()).isEqualTo(502);
                assertThat(died.body()).contains("WorkerLost");
                load.awaitMore(20);
            }
            assertThat(load.failures).isEmpty();
        }
        Eventually.eventually("it answers", () -> farol.score(uri, key, "{}").statusCode() == 200);
    }
}
