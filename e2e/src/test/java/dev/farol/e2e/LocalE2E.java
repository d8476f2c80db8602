package dev.farol.e2e;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import java.io.File;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** {@code --local}: endpoints of this machine, with no Farol running. */
class LocalE2E {
    /** A script that starts a process which nobody waits for, out of every group. */
    private static final String LETS_GO =
            "import subprocess\nsubprocess.Popen(['sleep', '600'], start_new_session=True)\n"
                    + Project.ECHO;

    private Farol farol;
    private Project project;

    @BeforeEach
    void make() throws Exception {
        farol = new Farol();
        project = new Project(farol);
    }

    @AfterEach
    void end() throws Exception {
        for (JsonNode endpoint : farol.run("online-endpoint", "list", "--local").ok().json()) {
            farol.run(
                            "online-endpoint",
                            "delete",
                            "--local",
                            "--yes",
                            "-n",
                            endpoint.get("name").asString())
                    .ok();
        }
        farol.close();
    }

    private Farol.Result deployment(String verb, String... more) throws Exception {
        var arguments = new java.util.ArrayList<>(java.util.List.of("online-deployment", verb));
        arguments.add("--local");
        arguments.addAll(java.util.List.of(more));
        return farol.run(Duration.ofMinutes(3), arguments.toArray(String[]::new));
    }

    private Farol.Result invoke(String... more) throws Exception {
        var arguments =
                new java.util.ArrayList<>(
                        java.util.List.of(
                                "online-endpoint",
                                "invoke",
                                "--local",
                                "--request-file",
                                project.path("request.json")));
        arguments.addAll(java.util.List.of(more));
        return farol.run(arguments.toArray(String[]::new));
    }

    @Test
    void theLifeOfADeploymentWithoutAFarol() throws Exception {
        JsonNode empty =
                farol.run(
                                "online-endpoint",
                                "create",
                                "--local",
                                "-f",
                                project.path("endpoint.yml"))
                        .ok()
                        .json();
        assertThat(empty.get("location").asString()).isEqualTo("local");
        assertThat(empty.get("auth_mode").asString()).isEqualTo("key");
        assertThat(empty.get("provisioning_state").asString()).isEqualTo("Succeeded");
        assertThat(empty.has("scoring_uri")).isFalse();
        assertThat(invoke("-n", "credit").err()).contains("has no deployment");

        var created = deployment("create", "-f", project.path("blue-deployment.yml")).ok();
        assertThat(created.err())
                .contains("Creating local deployment (credit / blue)")
                .contains("Done (");
        assertThat(created.json().get("location").asString()).isEqualTo("local");
        assertThat(created.json().get("provisioning_state").asString()).isEqualTo("Succeeded");

        String uri = farol.localScoringUri("credit");
        assertThat(uri).matches("http://localhost:\\d+/score");
        assertThat(post(uri, "{\"data\": 1}")).contains("\"greeting\": \"hello\"");
        JsonNode answer = Json.STRICT.readTree(invoke("-n", "credit").ok().out());
        assertThat(answer.get("greeting").asString()).isEqualTo("hello");
        assertThat(answer.get("got").get("data").size()).isEqualTo(3);
        assertThat(farol.run("status", "-o", "json").json().get("running").asBoolean()).isFalse();

        assertThat(
                        deployment("get-logs", "-n", "blue", "-e", "credit", "--lines", "1")
                                .ok()
                                .out()
                                .lines())
                .singleElement()
                .asString()
                .contains("/score 200");

        // The script is the user's own file: an update has what is in it now, at the same address.
        project.script("def init(): pass\ndef run(raw): return 'second'\n");
        var updated = deployment("update", "-n", "blue", "-e", "credit", "--set", "tags.a=b").ok();
        assertThat(updated.json().get("tags").get("a").asString()).isEqualTo("b");
        assertThat(invoke("-n", "credit").ok().out()).isEqualTo("\"second\"\n");
        assertThat(post(uri, "{}")).isEqualTo("\"second\"");

        deployment("delete", "-n", "blue", "-e", "credit", "--yes").ok();
        eventually("nothing is left", () -> farol.processes().isEmpty());
        assertThat(deployment("show", "-n", "blue", "-e", "credit").exit()).isEqualTo(3);
        assertThat(farol.run("online-endpoint", "show", "--local", "-n", "nobody").exit())
                .isEqualTo(3);
    }

    private static String post(String uri, String body) throws Exception {
        try (var client = HttpClient.newHttpClient()) {
            var request =
                    HttpRequest.newBuilder(URI.create(uri))
                            .header("Content-Type", "application/json")
                            .POST(HttpRequest.BodyPublishers.ofString(body))
                            .build();
            return client.send(request, BodyHandlers.ofString()).body();
        }
    }

    @Test
    void commandsAtOnceLeaveOneDeploymentThatCanBeDeleted() throws Exception {
        String[] create = {
            "online-deployment", "create", "--local", "-f", project.path("blue-deployment.yml")
        };
        Process one = farol.start(create);
        Process other = farol.start(create);
        int failed = 0;
        for (Process each : java.util.List.of(one, other)) {
            // The one that was first may hear that the second stopped what it had started.
            failed += farol.finish(each, Duration.ofMinutes(3), "create").exit() == 0 ? 0 : 1;
        }
        assertThat(failed).isLessThan(2);
        assertThat(invoke("-n", "credit").ok().out()).contains("hello");
        assertThat(Files.getPosixFilePermissions(farol.home().resolve("local")))
                .as("definitions hold variables of the environment")
                .isEqualTo(PosixFilePermissions.fromString("rwx------"));

        farol.run("online-endpoint", "delete", "--local", "-n", "credit", "--yes").ok();
        eventually("nothing is left", () -> farol.processes().isEmpty());
    }

    @Test
    void twoEndpointsStandSideBySide() throws Exception {
        deployment("create", "-f", project.path("blue-deployment.yml")).ok();
        project.model("other");
        deployment("create", "-f", project.path("blue-deployment.yml"), "-e", "second").ok();
        deployment("create", "-f", project.path("green-deployment.yml")).ok();

        assertThat(farol.run("online-endpoint", "list", "--local").ok().json()).hasSize(2);
        assertThat(deployment("list", "-e", "credit").ok().json()).hasSize(2);
        assertThat(invoke("-n", "second").ok().out()).contains("other");
        var unclear = invoke("-n", "credit");
        assertThat(unclear.exit()).isEqualTo(1);
        assertThat(unclear.err()).contains("--deployment-name (blue, green)");
        assertThat(invoke("-n", "credit", "--deployment-name", "blue").ok().out())
                .contains("\"greeting\": \"hello\"");
        assertThat(invoke("-n", "credit", "--deployment-name", "pink").exit()).isEqualTo(3);

        farol.run("online-endpoint", "delete", "--local", "-n", "credit", "--yes").ok();
        assertThat(invoke("-n", "second").ok().out()).contains("other");
        assertThat(invoke("-n", "credit").exit()).isEqualTo(3);
    }

    @Test
    void whatDoesNotStartEndsInAVerdictAndLeavesNothingRunning() throws Exception {
        project.script(
                "def init():\n    print('about to fail')\n    {}['tea']\n\ndef run(raw): return {}\n");
        var failed = deployment("create", "-f", project.path("blue-deployment.yml"));
        assertThat(failed.exit()).isEqualTo(1);
        assertThat(failed.err())
                .contains("phase:     init")
                .contains("KeyError: 'tea'")
                .contains("score.py:3 in init")
                .contains("fix:")
                .contains("reproduce:");
        eventually("nothing runs", () -> farol.processes().isEmpty());
        assertThat(
                        deployment("show", "-n", "blue", "-e", "credit")
                                .ok()
                                .json()
                                .get("provisioning_state")
                                .asString())
                .isEqualTo("Failed");
        assertThat(deployment("get-logs", "-n", "blue", "-e", "credit").ok().out())
                .contains("about to fail");
        assertThat(invoke("-n", "credit").err()).contains("KeyError: 'tea'");

        project.conda("pip", "pip:\n      - no-such-package-of-farol==9");
        var unresolved = deployment("update", "-f", project.path("blue-deployment.yml"));
        assertThat(unresolved.exit()).isEqualTo(1);
        assertThat(unresolved.err())
                .contains("phase:     environment")
                .contains("no-such-package-of-farol");
    }

    @Test
    void aKeeperThatWasKilledIsFoundAndSaid() throws Exception {
        project.script(LETS_GO);
        deployment("create", "-f", project.path("blue-deployment.yml")).ok();
        Path state = farol.home().resolve("local/credit/deployments/blue/state.json");
        long keeper = Json.TOLERANT.readTree(Files.readString(state)).get("pid").asLong();
        ProcessHandle.of(keeper).orElseThrow().destroyForcibly();
        eventually(
                "what it kept ended with it",
                Duration.ofSeconds(20),
                () -> farol.processes().isEmpty());

        var invoked = invoke("-n", "credit");
        assertThat(invoked.exit()).isEqualTo(1);
        assertThat(invoked.err())
                .contains("process " + keeper + " is gone")
                .contains("online-deployment update --local -n blue -e credit");
        // As after a restart of the machine, where another process may have the number.
        var other =
                Json.object()
                        .put("pid", ProcessHandle.current().pid())
                        .put("started", "2020-01-01T00:00:00Z")
                        .put("kind", "READY")
                        .put("port", 1)
                        .put("progress", "");
        other.putNull("verdict");
        Files.writeString(state, other.toString());
        var shown = deployment("show", "-n", "blue", "-e", "credit").ok();
        assertThat(shown.json().get("provisioning_state").asString()).isEqualTo("Failed");
        assertThat(shown.err()).contains("is gone");

        deployment("update", "-n", "blue", "-e", "credit").ok();
        assertThat(invoke("-n", "credit").ok().out()).contains("hello");
    }

    /** Making an environment may take minutes, in which anybody may take the port. */
    @Test
    void aPortThatIsTakenWhileTheEnvironmentIsMadeIsNotMissed() throws Exception {
        deployment("create", "-f", project.path("blue-deployment.yml")).ok();
        Path port = farol.home().resolve("local/credit/deployments/blue/port");
        int before = Integer.parseInt(Files.readString(port).strip());
        Path asked = farol.home().resolve("asked");
        Path gate = farol.home().resolve("gate");
        Path slow = Files.createFile(farol.home().resolve("slow-uv"));
        Files.writeString(
                slow,
                "#!/bin/sh\ntouch '%s'\nuntil [ -e '%s' ]; do sleep 0.05; done\nexec '%s' \"$@\"\n"
                        .formatted(asked, gate, farol.uv()));
        Files.setPosixFilePermissions(slow, PosixFilePermissions.fromString("rwx------"));
        farol.environment().put("FAROL_ENVIRONMENT_UV", slow.toString());
        project.conda("pip", "pip:\n      - six==1.17.0");

        String file = project.path("blue-deployment.yml");
        Process update = farol.start("online-deployment", "update", "--local", "-f", file);
        try {
            eventually("the environment is made", () -> Files.exists(asked));
            try (var taken = new ServerSocket(before, 1, InetAddress.getByName("127.0.0.1"))) {
                Files.createFile(gate);
                farol.finish(update, Duration.ofMinutes(3), "update").ok();
                assertThat(taken.isBound()).isTrue();
            }
        } finally {
            if (Files.notExists(gate)) {
                Files.createFile(gate);
            }
        }
        assertThat(Files.readString(port).strip()).isNotEqualTo(Integer.toString(before));
        assertThat(invoke("-n", "credit").ok().out()).contains("hello");
    }

    /** Ctrl-C goes to the group of the terminal's command. */
    @Test
    void aKeeperIsInNoGroupOfTheTerminalsWhereThereIsNoSetsidEither() throws Exception {
        farol.environment().put("PATH", pathWithoutSetsid());
        deployment("create", "-f", project.path("blue-deployment.yml")).ok();

        Path state = farol.home().resolve("local/credit/deployments/blue/state.json");
        long keeper = Json.TOLERANT.readTree(Files.readString(state)).get("pid").asLong();
        String stat = Files.readString(Path.of("/proc", Long.toString(keeper), "stat"));
        String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
        assertThat(fields[2]).as("its process group").isEqualTo(Long.toString(keeper));
        assertThat(fields[3]).as("its session").isEqualTo(Long.toString(keeper));
        deployment("delete", "-n", "blue", "-e", "credit", "--yes").ok();
        eventually("nothing is left", () -> farol.processes().isEmpty());
    }

    /** A folder with setsid in it is replaced by one with links to all the other programs. */
    private String pathWithoutSetsid() throws Exception {
        var folders = new java.util.ArrayList<String>();
        for (String folder : System.getenv("PATH").split(File.pathSeparator)) {
            if (Files.notExists(Path.of(folder, "setsid"))) {
                folders.add(folder);
                continue;
            }
            Path links = Files.createTempDirectory(farol.home(), "bin");
            try (var programs = Files.list(Path.of(folder))) {
                for (Path program : programs.toList()) {
                    if (!program.endsWith("setsid")) {
                        Files.createSymbolicLink(links.resolve(program.getFileName()), program);
                    }
                }
            }
            folders.add(links.toString());
        }
        return String.join(File.pathSeparator, folders);
    }

    @Test
    void theDeletionOfADeploymentThatWasKilledEndsWhatItsScriptStarted() throws Exception {
        project.script(LETS_GO);
        deployment("create", "-f", project.path("blue-deployment.yml")).ok();
        java.util.function.Predicate<ProcessHandle> own =
                process -> process.info().command().orElse("").endsWith("sleep");
        // As when a machine has no memory left: the zygote, which would notice, is the first.
        farol.processes().stream()
                .filter(own.negate())
                .sorted(
                        java.util.Comparator.comparing(
                                process ->
                                        !process.info()
                                                .commandLine()
                                                .orElse("")
                                                .contains("zygote.py")))
                .forEach(ProcessHandle::destroyForcibly);
        eventually("one stays", () -> farol.processes().stream().allMatch(own));
        assertThat(farol.processes()).hasSize(1);

        deployment("delete", "-n", "blue", "-e", "credit", "--yes").ok();

        eventually("nothing is left", () -> farol.processes().isEmpty());
    }

    @Test
    void whatIsNotOfferedLocallyIsSaid() throws Exception {
        String file = project.path("blue-deployment.yml");
        assertThat(deployment("create", "-f", file, "--vscode-debug").err())
                .contains("--vscode-debug is not offered");
        var registered = deployment("create", "-f", file, "--set", "environment=azureml:sklearn:1");
        assertThat(registered.exit()).isEqualTo(1);
        assertThat(registered.err())
                .contains("'azureml:sklearn:1' is registered, and only a running Farol knows");
        project.write(
                "alone.yml",
                """
                name: blue
                endpoint_name: credit
                model: {path: model, type: triton_model}
                instance_type: Standard_DS1_v2
                instance_count: 1
                """);
        var alone = deployment("create", "-f", project.path("alone.yml"));
        assertThat(alone.exit()).isEqualTo(1);
        assertThat(alone.err()).contains("code_configuration").contains("mlflow_model");
        assertThat(farol.run("online-endpoint", "list", "--local").ok().json()).isEmpty();
        assertThat(farol.run("online-endpoint", "delete", "--local", "-n", "../x", "--yes").exit())
                .isEqualTo(3);
    }

    /** An environment is made once, for a local deployment and for a Farol in the same home. */
    @Test
    void aRunningFarolAndALocalDeploymentShareWhatTheyHave() throws Exception {
        deployment("create", "-f", project.path("blue-deployment.yml")).ok();
        var before = environments();
        farol.up();
        farol.run("online-endpoint", "create", "-f", project.path("endpoint.yml")).ok();
        farol.run("online-deployment", "create", "-f", project.path("blue-deployment.yml")).ok();
        assertThat(environments()).isEqualTo(before).isNotEmpty();
        farol.run("model", "create", "-n", "kept", "--version", "1", "-p", project.path("model"))
                .ok();
        // The model that the Farol has, in a deployment of this machine.
        deployment("update", "-n", "blue", "-e", "credit", "--set", "model=azureml:kept:1").ok();
        assertThat(invoke("-n", "credit").ok().out()).contains("hello");
        farol.run("down").ok();
        assertThat(invoke("-n", "credit").ok().out()).contains("hello");
    }

    private java.util.List<String> environments() throws Exception {
        try (var folders = Files.list(farol.home().resolve("envs"))) {
            return folders.map(folder -> folder.getFileName().toString())
                    .filter(name -> !name.startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
