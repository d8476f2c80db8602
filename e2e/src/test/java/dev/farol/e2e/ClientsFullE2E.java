package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/**
 * Unmodified clients from their package registries, each walking through a user's script against a
 * Farol of its own in the environment that {@code farol env} makes.
 */
class ClientsFullE2E {
    private static final Path SCRIPTS = Farol.ROOT.resolve("e2e/src/test");
    private static final Duration LIMIT = Duration.ofMinutes(15);

    @Test
    void thePinnedPythonPackageWalks() throws Exception {
        Path python =
                ClientTools.python("sdk-1.35.2", "azure-ai-ml==1.35.2", "azure-identity==1.27.0");
        walk(
                "azure-ai-ml",
                List.of(
                        python.toString(),
                        SCRIPTS.resolve("python/clients/sdk_walk.py").toString()));
    }

    /**
     * 1.5.0 is the first that asks {@code ARM_CLOUD_METADATA_URL} which clouds there are; older
     * ones know three by heart. It does not install beside the marshmallow that the index has now,
     * and does not say that it needs six.
     */
    @Test
    void theOldestPythonPackageWalks() throws Exception {
        Path python =
                ClientTools.python(
                        "sdk-1.5.0",
                        "azure-ai-ml==1.5.0",
                        "azure-identity==1.27.0",
                        "marshmallow==3.21.3",
                        "six==1.17.0");
        walk(
                "azure-ai-ml-oldest",
                List.of(
                        python.toString(),
                        SCRIPTS.resolve("python/clients/sdk_walk.py").toString()));
    }

    @Test
    void thePackageOfNodeWalks() throws Exception {
        Path node = ClientTools.program("node");
        Path modules =
                ClientTools.modules(
                        "node-2.1.1", "@azure/arm-machinelearning@2.1.1", "@azure/identity@4.13.1");
        walk(
                "node",
                List.of(
                        "env",
                        "WALK_MODULES=" + modules,
                        node.toString(),
                        SCRIPTS.resolve("node/clients/node_walk.cjs").toString()));
    }

    @Test
    void theAzureCommandLineWalks() throws Exception {
        Path python = ClientTools.python("az-2.91.0", "azure-cli==2.91.0");
        walk(
                "azure-cli",
                List.of(
                        "env",
                        "WALK_AZ=" + python.resolveSibling("az"),
                        "bash",
                        SCRIPTS.resolve("sh/clients/az_walk.sh").toString()));
    }

    @Test
    void curlAloneWalks() throws Exception {
        ClientTools.program("curl");
        walk("rest", List.of("bash", SCRIPTS.resolve("sh/clients/rest_walk.sh").toString()));
    }

    /** Where an answer lacks what a client waits by, azure-core sleeps for thirty seconds. */
    private static void nothingSleeps(JsonNode results) {
        for (JsonNode step : results.path("steps")) {
            if (step.path("area").asString("").equals("Online endpoints")) {
                assertThat(step.path("seconds").asDouble(0)).as(step.toString()).isLessThan(20);
            }
        }
    }

    private static void walk(String name, List<String> client)
            throws IOException, InterruptedException {
        try (var farol = new Farol()) {
            farol.up();
            Path work = Files.createDirectories(farol.home().resolve("work"));
            farol.run("env", "--write-config", work.toString()).ok();
            Path results = farol.home().resolve("results.json");
            var command = new ArrayList<>(client);
            command.addAll(List.of(work.toString(), results.toString()));
            Farol.Result walked = ClientTools.inEnvironment(farol, work, LIMIT, command);
            assertThat(walked.exit()).as(walked.out()).isZero();
            JsonNode shown = Json.STRICT.readTree(Files.readString(results));
            nothingSleeps(shown);
            Compatibility.check(name, shown);
        }
    }
}
