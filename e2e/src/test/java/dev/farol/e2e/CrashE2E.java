package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.testing.Eventually;
import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * kill -9 of the server at random moments of a load of creates, updates and deletes; after each it
 * is started again.
 */
class CrashE2E {
    private static final int ROUNDS =
            Integer.getInteger("farol.crashes", Boolean.getBoolean("farol.full") ? 50 : 8);
    private static final Set<String> ENDED = Set.of("Succeeded", "Failed", "Canceled");

    @Test
    void nothingIsLostOrLeftAtAnyMoment() throws Exception {
        long seed = Long.getLong("farol.seed", System.nanoTime());
        var random = new Random(seed);
        try (var farol = new Farol()) {
            var project = new Project(farol);
            // What a change leaves unused is removed at once, so that crashes hit that too.
            Files.writeString(
                    farol.home().resolve("farol.yaml"),
                    "reconcile: {cleaning: 100ms, keep-assets: 5s, keep-environments: 5s}\n");
            farol.up();
            project.serve(farol);
            String uri = farol.scoringUri("credit");
            String key = farol.key("credit");

            for (int round = 0; round < ROUNDS; round++) {
                String where = "seed " + seed + ", round " + round;
                List<Process> load = startLoad(farol, project, random, round);
                // The moment is what is random here, not what is waited for.
                LockSupport.parkNanos(random.nextLong(2_500_000_000L));
                kill(farol);
                for (Process process : load) {
                    process.destroyForcibly().waitFor();
                }
                Eventually.eventually(
                        "nothing outlives the server; " + where,
                        Duration.ofSeconds(20),
                        () -> farol.processes().isEmpty());

                farol.up();
                assertThat(farol.scoringUri("credit")).as(where).isEqualTo(uri);
                assertThat(farol.key("credit")).as(where).isEqualTo(key);
                Eventually.eventually(
                        "every operation ended; " + where,
                        Duration.ofSeconds(90),
                        () -> allEnded(farol));
                // Whatever else happened, blue has the traffic and its files are whole.
                Eventually.eventually(
                        "blue answers; " + where,
                        Duration.ofSeconds(30),
                        () -> farol.score(uri, key, "{}").statusCode() == 200);
                String body = farol.score(uri, key, "{}").body();
                assertThat(body).as(where).containsPattern("\"greeting\": \"(hello|round \\d+)\"");
            }
        }
    }

    private static void kill(Farol farol) throws Exception {
        ProcessHandle server = farol.server();
        assertThat(server).isNotNull();
        server.destroyForcibly();
        server.onExit().get();
    }

    /** One to three commands at once, of those that make, change and remove things. */
    private static List<Process> startLoad(Farol farol, Project project, Random random, int round)
            throws Exception {
        var load = new ArrayList<Process>();
        project.model("round " + round);
        int commands = 1 + random.nextInt(3);
        for (int i = 0; i < commands; i++) {
            load.add(
                    switch (random.nextInt(5)) {
                        case 0 ->
                                farol.start(
                                        "online-deployment",
                                        "update",
                                        "-f",
                                        project.path("blue-deployment.yml"));
                        case 1 ->
                                farol.start(
                                        "online-deployment",
                                        "create",
                                        "-f",
                                        project.path("green-deployment.yml"));
                        case 2 ->
                                farol.start(
                                        "online-deployment",
                                        "delete",
                                        "-e",
                                        "credit",
                                        "-n",
                                        "green",
                                        "--yes");
                        case 3 ->
                                farol.start(
                                        "online-endpoint",
                                        "create",
                                        "-n",
                                        "other" + round,
                                        "--auth-mode",
                                        "key");
                        default ->
                                farol.start(
                                        "online-endpoint",
                                        "delete",
                                        "-n",
                                        "other" + (round - 1),
                                        "--yes");
                    });
        }
        return load;
    }

    private static boolean allEnded(Farol farol) throws Exception {
        if (!unfinishedOperations(farol).isEmpty()) {
            return false;
        }
        for (JsonNode endpoint : farol.run("online-endpoint", "list").ok().json()) {
            if (!ENDED.contains(endpoint.get("provisioning_state").asString())) {
                return false;
            }
        }
        for (JsonNode deployment :
                farol.run("online-deployment", "list", "-e", "credit").ok().json()) {
            if (!ENDED.contains(deployment.get("provisioning_state").asString())) {
                return false;
            }
        }
        return true;
    }

    /** The operations that have no end yet, asked of the store itself. */
    private static String unfinishedOperations(Farol farol) throws Exception {
        String ask =
                """
                import sqlite3, sys
                store = sqlite3.connect("file:" + sys.argv[1] + "?mode=ro", uri=True, timeout=10)
                for row in store.execute("select id, kind, target from operations where ended_at is null"):
                    print(row)
                """;
        Process python =
                new ProcessBuilder(
                                "python3",
                                "-c",
                                ask,
                                farol.home().resolve("data/farol.db").toString())
                        .redirectError(ProcessBuilder.Redirect.INHERIT)
                        .start();
        String rows =
                new String(
                        python.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        assertThat(python.waitFor()).as("python3 reads the store").isZero();
        return rows;
    }
}
