package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.testing.Eventually;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A user's whole way, with the real command: from nothing to an answer and back to nothing. */
class WalkE2E {
    @Test
    void aDeploymentIsMadeScoredSplitUpdatedAndRemoved() throws Exception {
        try (var farol = new Farol()) {
            var project = new Project(farol);
            // What nobody refers to goes at once, so that it is seen what goes and what stays.
            Files.writeString(
                    farol.home().resolve("farol.yaml"),
                    "reconcile: {cleaning: 200ms, keep-assets: 1s, keep-environments: 1s}\n");
            var up = farol.up();
            assertThat(up.get("pid").asLong()).isPositive();
            assertThat(farol.status().get("gateway").asString())
                    .isEqualTo(up.get("gateway").asString());

            var endpoint =
                    farol.run("online-endpoint", "create", "-f", project.path("endpoint.yml"))
                            .ok()
                            .json();
            assertThat(endpoint.get("name").asString()).isEqualTo("credit");
            assertThat(endpoint.get("provisioning_state").asString()).isEqualTo("Succeeded");
            assertThat(endpoint.get("scoring_uri").asString())
                    .isEqualTo(up.get("gateway").asString() + "/api/v1/endpoint/credit/score");

            var blue =
                    farol.run(
                                    "online-deployment",
                                    "create",
                                    "-f",
                                    project.path("blue-deployment.yml"),
                                    "--all-traffic")
                            .ok()
                            .json();
            assertThat(blue.get("provisioning_state").asString()).isEqualTo("Succeeded");
            assertThat(blue.get("instance_count").asInt()).isEqualTo(1);
            assertThat(blue.get("request_settings").get("request_timeout_ms").asInt())
                    .isEqualTo(5000);

            var answer =
                    farol.run(
                                    "online-endpoint",
                                    "invoke",
                                    "-n",
                                    "credit",
                                    "--request-file",
                                    project.path("request.json"))
                            .ok();
            assertThat(answer.out()).contains("\"greeting\": \"hello\"");

            String uri = farol.scoringUri("credit");
            String key = farol.key("credit");
            var scored = farol.score(uri, key, "{\"a\": 1}");
            assertThat(scored.statusCode()).isEqualTo(200);
            assertThat(scored.headers().firstValue("azureml-model-deployment")).hasValue("blue");
            assertThat(farol.score(uri, "wrong", "{}").statusCode()).isEqualTo(401);

            project.model("salut");
            farol.run("online-deployment", "create", "-f", project.path("green-deployment.yml"))
                    .ok();
            var pinned =
                    farol.run(
                                    "online-endpoint",
                                    "invoke",
                                    "-n",
                                    "credit",
                                    "--request-file",
                                    project.path("request.json"),
                                    "--deployment-name",
                                    "green")
                            .ok();
            assertThat(pinned.out()).contains("salut");

            farol.run("online-endpoint", "update", "-n", "credit", "--traffic", "blue=90 green=10")
                    .ok();
            Map<String, Integer> split = new HashMap<>();
            for (int i = 0; i < 200; i++) {
                var each = farol.score(uri, key, "{}");
                assertThat(each.statusCode()).isEqualTo(200);
                split.merge(
                        each.headers().firstValue("azureml-model-deployment").orElseThrow(),
                        1,
                        Integer::sum);
            }
            // 200 draws at 10 %: mean 20, deviation 4.2; five deviations either way.
            assertThat(split.getOrDefault("green", 0)).isBetween(1, 41);

            assertThat(
                            farol.run("online-deployment", "list", "-e", "credit", "-o", "table")
                                    .ok()
                                    .out())
                    .contains("blue")
                    .contains("green");
            assertThat(
                            farol.run(
                                            "online-deployment",
                                            "get-logs",
                                            "-e",
                                            "credit",
                                            "-n",
                                            "blue",
                                            "--lines",
                                            "50")
                                    .ok()
                                    .out())
                    .isNotBlank();
            assertThat(
                            farol.run(
                                            "online-deployment",
                                            "delete",
                                            "-e",
                                            "credit",
                                            "-n",
                                            "green",
                                            "--yes")
                                    .exit())
                    .as("a deployment with traffic is not deleted")
                    .isNotZero();
            farol.run("online-endpoint", "update", "-n", "credit", "--traffic", "blue=100").ok();
            farol.run("online-deployment", "delete", "-e", "credit", "-n", "green", "--yes").ok();
            farol.run("online-endpoint", "delete", "-n", "credit", "--yes").ok();
            assertThat(farol.score(uri, key, "{}").statusCode()).isEqualTo(404);
            assertThat(farol.run("online-endpoint", "list", "-o", "json").ok().json()).isEmpty();
            Eventually.eventually(
                    "no instance is left after the delete",
                    () -> {
                        try (var folders = Files.list(farol.home().resolve("instances"))) {
                            return folders.noneMatch(Files::isDirectory);
                        }
                    });
            for (String place : new String[] {"assets/models", "assets/codes", "assets/apps"}) {
                Eventually.eventually(
                        place + " is empty after the delete",
                        () -> {
                            try (var folders = Files.list(farol.home().resolve(place))) {
                                return folders.findAny().isEmpty();
                            }
                        });
            }
            Eventually.eventually(
                    "no environment is left after the delete",
                    () -> {
                        try (var folders = Files.list(farol.home().resolve("envs"))) {
                            return folders.noneMatch(
                                    each -> each.getFileName().toString().matches("[0-9a-f]{64}"));
                        }
                    });
        }
    }

    @Test
    void worksInAHomeWhoseNameHasSpacesAndOtherLetters() throws Exception {
        try (var farol = new Farol("Mein Zuhause für 模型, $HOME & 'mehr'")) {
            var project =
                    new Project(Files.createDirectory(farol.home().resolve("my own projéct")));
            farol.up();
            project.serve(farol);
            var answer = farol.score(farol.scoringUri("credit"), farol.key("credit"), "{}");
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            assertThat(answer.body()).contains("hello");
        }
    }

    @Test
    void scoresWithThePublishedSampleUnchanged() throws Exception {
        Path samples =
                Farol.ROOT.resolve("e2e/src/test/resources/azureml-samples/cli/endpoints/online");
        try (var farol = new Farol()) {
            farol.up();
            farol.run(
                            "online-endpoint",
                            "create",
                            "-n",
                            "my-endpoint",
                            "-f",
                            samples.resolve("managed/sample/endpoint.yml").toString())
                    .ok();
            var shown =
                    farol.run("online-endpoint", "show", "-n", "my-endpoint", "-o", "yaml").ok();
            assertThat(shown.out()).contains("name: my-endpoint").contains("auth_mode: key");
        }
    }

    @Test
    void noArmCallPassesWithoutAToken() throws Exception {
        try (var farol = new Farol()) {
            var up = farol.up();
            String arm = up.get("arm").asString();
            String workspace =
                    arm
                            + "/subscriptions/"
                            + up.get("subscription").asString()
                            + "/resourceGroups/"
                            + up.get("resourceGroup").asString()
                            + "/providers/Microsoft.MachineLearningServices/workspaces/"
                            + up.get("workspace").asString();
            try (var http =
                    java.net.http.HttpClient.newBuilder().sslContext(farol.trust()).build()) {
                for (String path :
                        new String[] {
                            "", "/onlineEndpoints", "/onlineEndpoints/x", "/datastores"
                        }) {
                    var request =
                            java.net.http.HttpRequest.newBuilder(
                                            java.net.URI.create(
                                                    workspace + path + "?api-version=2024-10-01"))
                                    .build();
                    var answer =
                            http.send(request, java.net.http.HttpResponse.BodyHandlers.ofString());
                    assertThat(answer.statusCode()).as(path).isEqualTo(401);
                    assertThat(answer.body()).contains("AuthenticationFailed");
                }
            }
        }
    }

    @Test
    void homesLiveSideBySideAndATakenPortIsReplaced() throws Exception {
        try (var first = new Farol();
                var second = new Farol()) {
            var one = first.up();
            String port = one.get("gateway").asString().replaceAll(".*:", "");
            var two =
                    second.run(
                                    "up",
                                    "--detach",
                                    "--port",
                                    "0",
                                    "--gateway-port",
                                    port,
                                    "-o",
                                    "json")
                            .ok();
            assertThat(two.json().get("gateway").asString())
                    .isNotEqualTo(one.get("gateway").asString());
            assertThat(two.err()).contains(port).contains("taken");
            assertThat(first.status().get("pid").asLong())
                    .isNotEqualTo(second.status().get("pid").asLong());
            first.run("down").ok();
            assertThat(second.run("status").exit()).isZero();
            assertThat(first.run("status").exit()).isNotZero();
        }
    }

    @Test
    void foregroundDrainsAndStopsOnInterrupt() throws Exception {
        try (var farol = new Farol()) {
            Process server = farol.start("up", "--port", "0");
            Eventually.eventually("the server is ready", () -> farol.server() != null);
            sendInterrupt(server.pid());
            var result = farol.finish(server, Duration.ofSeconds(30), "up");
            assertThat(result.exit()).isIn(0, 130);
            assertThat(farol.server()).isNull();
        }
    }

    private static void sendInterrupt(long pid) throws IOException, InterruptedException {
        assertThat(new ProcessBuilder("kill", "-INT", Long.toString(pid)).start().waitFor())
                .isZero();
    }

    @Test
    void mistakesInTheYamlAreToldAtOnceAndNothingIsMade() throws Exception {
        try (var farol = new Farol()) {
            farol.up();
            var project = new Project(farol);
            project.write(
                    "bad-endpoint.yml",
                    """
                    name: c
                    auth_mod: key
                    traffic: {blue: many}
                    """);
            var endpoint =
                    farol.run("online-endpoint", "create", "-f", project.path("bad-endpoint.yml"));
            assertThat(endpoint.exit()).isNotZero();
            assertThat(endpoint.err())
                    .contains("bad-endpoint.yml:1")
                    .contains("bad-endpoint.yml:2")
                    .contains("auth_mode")
                    .contains("bad-endpoint.yml:3");
            assertThat(farol.run("online-endpoint", "list").ok().json()).isEmpty();

            farol.run("online-endpoint", "create", "-f", project.path("endpoint.yml")).ok();
            project.deployment("red", "instance_cout: 2\nliveness_probe: {period: often}\n");
            project.write(
                    "red-deployment.yml",
                    Files.readString(Path.of(project.path("red-deployment.yml")))
                            .replace("path: model", "path: no-such-folder"));
            var deployment =
                    farol.run(
                            "online-deployment",
                            "create",
                            "-f",
                            project.path("red-deployment.yml"));
            assertThat(deployment.exit()).isNotZero();
            assertThat(deployment.err())
                    .contains("instance_cout")
                    .contains("instance_count")
                    .contains("period")
                    .contains("no-such-folder");
            assertThat(farol.run("online-deployment", "list", "-e", "credit").ok().json())
                    .isEmpty();
        }
    }
}
