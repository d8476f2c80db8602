package dev.farol.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.cli.FakeArm.Reply;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What each verb does beyond the recorded flows. */
class VerbsIT {
    @TempDir Path folder;
    private FakeArm arm;
    private Person person;

    @BeforeEach
    void start() throws IOException {
        arm = new FakeArm();
        person = Person.at(arm, folder);
        arm.put(
                "/onlineEndpoints/credit",
                Tree.of(
                        "authMode",
                        "Key",
                        "description",
                        "kept",
                        "traffic",
                        Tree.of("blue", 100),
                        "properties",
                        Tree.of("p", "q")));
        for (String name : List.of("blue", "green")) {
            arm.put(
                    "/onlineEndpoints/credit/deployments/" + name,
                    Tree.of(
                            "endpointComputeType",
                            "Managed",
                            "instanceType",
                            "Standard_DS3_v2",
                            "model",
                            FakeArm.WORKSPACE + "/models/m/versions/1",
                            "environmentVariables",
                            Tree.of("A", "1"),
                            "livenessProbe",
                            Tree.of("initialDelay", "PT0S", "period", "PT10S"),
                            "scaleSettings",
                            Tree.of("scaleType", "Default")));
        }
        Files.writeString(folder.resolve("request.json"), "{\"data\": [[1, 2]]}");
    }

    @AfterEach
    void stop() {
        arm.close();
    }

    private Object body(String methodAndPathStart) {
        synchronized (arm.calls) {
            return arm.calls.stream()
                    .filter(
                            call ->
                                    (call.method() + " " + call.path())
                                            .startsWith(methodAndPathStart))
                    .reduce((first, second) -> second)
                    .map(call -> JsonText.parse(call.body()))
                    .orElseThrow();
        }
    }

    private void runs(String... arguments) {
        assertThat(person.types(arguments)).as(person.err.toString()).isZero();
    }

    private void isRefused(String message, String... arguments) {
        assertThat(person.types(arguments)).isEqualTo(2);
        assertThat(person.err.toString()).startsWith("ERROR: " + message);
    }

    @Test
    void aMisspeltWordIsNamedWithTheOneThatWasMeant() {
        isRefused(
                "'online-endpont' is no command of farol, did you mean online-endpoint?"
                        + " (expected: one of online-endpoint, online-deployment, model, ",
                "online-endpont",
                "list");
        isRefused(
                "'creat' is no command of farol online-deployment, did you mean create?"
                        + " (expected: one of create, update, restart, show, list, delete, get-logs)\n"
                        + "Help: farol online-deployment --help\n",
                "online-deployment",
                "creat",
                "-f",
                "x.yml");
        isRefused(
                "'list' is no command of farol role (expected: one of assignment, definition)\n",
                "role",
                "list");
        isRefused(
                "--nme: unknown flag, did you mean --name?\n"
                        + "Help: farol online-endpoint show --help\n",
                "online-endpoint",
                "show",
                "--nme=credit");
        isRefused(
                "--traffic: unknown flag\n",
                "online-endpoint",
                "create",
                "-n",
                "credit",
                "--traffic",
                "a=1");
        isRefused("'credit' is not expected here\n", "online-endpoint", "show", "credit");
        isRefused(
                "--lines: 'ten' (expected: a whole number)\n",
                "online-deployment",
                "get-logs",
                "-n",
                "blue",
                "-e",
                "credit",
                "--lines",
                "ten");
        assertThat(arm.calls).isEmpty();
    }

    @Test
    void updateChangesTheTrafficAndKeepsTheRest() {
        runs("online-endpoint", "update", "-n", "credit", "--traffic", "blue=90 Green=10 red=0");
        Object sent = body("PUT {WS}/onlineEndpoints/credit");
        assertThat(Tree.at(sent, "properties", "traffic"))
                .isEqualTo(Map.of("blue", 90, "green", 10));
        assertThat(Tree.text(sent, "properties", "description")).isEqualTo("kept");
        assertThat(Tree.text(sent, "properties", "properties", "p")).isEqualTo("q");
        runs("online-endpoint", "update", "-n", "credit", "--traffic", "blue=50", "green=50");
        assertThat(
                        Tree.text(
                                body("PUT {WS}/onlineEndpoints/credit"),
                                "properties",
                                "traffic",
                                "green"))
                .isEqualTo("50");
    }

    @Test
    void updateMirrorsAndSets() {
        runs(
                "online-endpoint",
                "update",
                "-n",
                "credit",
                "--mirror-traffic",
                "green=10",
                "--set",
                "tags.team=risk",
                "description=new text");
        Object sent = body("PUT {WS}/onlineEndpoints/credit");
        assertThat(Tree.at(sent, "properties", "mirrorTraffic")).isEqualTo(Map.of("green", 10));
        assertThat(Tree.text(sent, "properties", "description")).isEqualTo("new text");
        assertThat(Tree.text(sent, "tags", "team")).isEqualTo("risk");
    }

    @Test
    void aWrongSplitIsRefusedBeforeAnythingChanges() {
        assertThat(
                        person.types(
                                "online-endpoint",
                                "update",
                                "-n",
                                "credit",
                                "--traffic",
                                "blue=80",
                                "x"))
                .isEqualTo(1);
        assertThat(person.err.toString())
                .isEqualTo(
                        """
                        ERROR: 2 problems, nothing was changed:
                        --traffic: traffic: 'x' has no '=' (expected: blue=90)
                        --traffic: traffic: adds up to 80 (expected: 0 or 100)
                        """);
        assertThat(arm.lines()).noneMatch(line -> line.startsWith("PUT"));
    }

    @Test
    void deploymentUpdateSendsTheWholeDeploymentWithTheChange() {
        runs(
                "online-deployment",
                "update",
                "-n",
                "blue",
                "-e",
                "credit",
                "--set",
                "instance_count=2",
                "request_settings.request_timeout_ms=90000");
        Object sent = body("PUT {WS}/onlineEndpoints/credit/deployments/blue");
        assertThat(Tree.text(sent, "sku", "capacity")).isEqualTo("2");
        assertThat(Tree.text(sent, "properties", "requestSettings", "requestTimeout"))
                .isEqualTo("PT1M30S");
        assertThat(Tree.text(sent, "properties", "model"))
                .isEqualTo(FakeArm.WORKSPACE + "/models/m/versions/1");
        assertThat(Tree.text(sent, "properties", "livenessProbe", "initialDelay"))
                .isEqualTo("PT0S");
        assertThat(Tree.text(sent, "properties", "environmentVariables", "A")).isEqualTo("1");
    }

    @Test
    void restartWaitsForTheEndAndShowsTheDeployment() {
        arm.script(
                "POST {WS}/onlineEndpoints/credit/deployments/blue/restart",
                call ->
                        Reply.json(202, Tree.of("name", "blue"))
                                .with("Azure-AsyncOperation", arm.url() + "/operations/1"));
        arm.operation.addFirst(
                Reply.json(
                        200,
                        Tree.of(
                                "status",
                                "InProgress",
                                "properties",
                                Tree.of("progress", "0 of 1 instance is ready"))));

        runs("online-deployment", "restart", "-n", "blue", "-e", "credit");

        String printed = person.out.toString();
        assertThat(person.err.toString()).contains("0 of 1 instance is ready");
        assertThat(arm.operation).as("it waited").hasSize(1);
        assertThat(arm.lines()).noneMatch(line -> line.startsWith("PUT"));
        assertThat(arm.calls.getFirst().body()).isEmpty();
        runs("online-deployment", "show", "-n", "blue", "-e", "credit");
        assertThat(person.out).hasToString(printed);
        arm.calls.clear();
        runs("online-deployment", "restart", "-n", "blue", "-e", "credit", "--no-wait");
        assertThat(person.out.toString()).isEmpty();
        assertThat(arm.lines()).hasSize(1).first().asString().startsWith("POST");
    }

    @Test
    void aRestartThatFailsSaysWhy() {
        arm.script(
                "POST {WS}/onlineEndpoints/credit/deployments/blue/restart",
                call ->
                        Reply.json(202, Tree.of())
                                .with("Azure-AsyncOperation", arm.url() + "/operations/1"));
        arm.operation.addFirst(
                Reply.json(
                        200,
                        Tree.of(
                                "status",
                                "Failed",
                                "error",
                                Tree.of("code", "UserScriptInitFailed", "message", "no secret"))));

        assertThat(person.types("online-deployment", "restart", "-n", "blue", "-e", "credit"))
                .isEqualTo(1);

        assertThat(person.err).asString().startsWith("ERROR: (UserScriptInitFailed) no secret\n");
        assertThat(person.types("online-deployment", "restart", "-n", "blue")).isEqualTo(2);
    }

    @Test
    void allTrafficFollowsTheDeployment() throws IOException {
        deploymentFile();
        runs("online-deployment", "create", "-f", "red.yml", "-e", "credit", "--all-traffic");
        Object sent = body("PUT {WS}/onlineEndpoints/credit?");
        assertThat(Tree.at(sent, "properties", "traffic")).isEqualTo(Map.of("red", 100));
        assertThat(Tree.text(sent, "properties", "description")).isEqualTo("kept");
        List<String> lines = arm.lines();
        assertThat(lines.indexOf("PUT {WS}/onlineEndpoints/credit?api-version=2022-02-01-preview"))
                .isGreaterThan(
                        lines.indexOf(
                                "PUT {WS}/onlineEndpoints/credit/deployments/red?api-version=2023-04-01-preview"));
        assertThat(person.out.toString()).contains("\"name\": \"red\"");
    }

    private void deploymentFile() throws IOException {
        Files.writeString(
                folder.resolve("red.yml"),
                """
                name: red
                endpoint_name: other-endpoint
                model: azureml:m@latest
                instance_type: x
                instance_count: 1
                """);
        arm.put("/models/m/versions/7", Tree.of("modelUri", "azureml://x"));
    }

    @Test
    void latestIsTheNewestVersion() throws IOException {
        deploymentFile();
        runs("online-deployment", "create", "-f", "red.yml", "-e", "credit");
        assertThat(
                        Tree.text(
                                body("PUT {WS}/onlineEndpoints/credit/deployments/red"),
                                "properties",
                                "model"))
                .isEqualTo(FakeArm.WORKSPACE + "/models/m/versions/7");
        arm.resources.remove(FakeArm.WORKSPACE + "/models/m/versions/7");
        assertThat(person.types("online-deployment", "create", "-f", "red.yml", "-e", "credit"))
                .isEqualTo(3);
        assertThat(person.err).hasToString("ERROR: There is no version of models/m\n");
    }

    @Test
    void everyViolationIsSaidBeforeTheServiceIsAsked() throws IOException {
        Files.writeString(folder.resolve("bad.yml"), "name: x\ninstanse_type: y\n");
        assertThat(person.types("online-deployment", "create", "-f", "bad.yml", "--set", "tags=1"))
                .isEqualTo(1);
        assertThat(person.err.toString())
                .startsWith(
                        "ERROR: 6 problems, nothing was changed:\nbad.yml:1:1: endpoint_name: is missing")
                .contains("\nbad.yml:2:1: instanse_type: unknown key, did you mean instance_type?")
                .contains("\n--set: tags: is '1' (expected: a mapping of text to text)");
        assertThat(arm.calls).isEmpty();
    }

    @Test
    void aFileThatIsNotThereIsSaid() {
        assertThat(person.types("online-endpoint", "create", "-f", "no.yml")).isEqualTo(1);
        assertThat(person.err)
                .hasToString(
                        "ERROR: 1 problem, nothing was changed:\n"
                                + "no.yml: no such file (expected: a YAML file)\n");
    }

    @Test
    void invokePrintsTheBodyAsItIs() {
        arm.script(
                "POST /api/v1/endpoint/credit/score",
                call -> new Reply(200, Map.of(), "[1.5,  2]" + call.text().length()));
        runs("online-endpoint", "invoke", "-n", "credit", "--request-file", "request.json");
        assertThat(person.out).hasToString("[1.5,  2]18\n");
        var scored = arm.calls.getLast();
        assertThat(scored.headers())
                .containsEntry("authorization", "Bearer pk")
                .containsEntry("content-type", "application/json")
                .doesNotContainKey("azureml-model-deployment");
    }

    @Test
    void invokeAsksForOneDeploymentThatExists() {
        arm.script("POST /api/v1/endpoint/credit/score", call -> new Reply(200, Map.of(), "1"));
        runs("online-endpoint", "invoke", "-n", "credit", "-r", "request.json", "-d", "green");
        assertThat(arm.calls.getLast().headers())
                .containsEntry("azureml-model-deployment", "green");
        assertThat(
                        person.types(
                                "online-endpoint",
                                "invoke",
                                "-n",
                                "credit",
                                "-r",
                                "request.json",
                                "-d",
                                "red"))
                .isEqualTo(3);
        assertThat(person.err.toString()).contains("no deployment 'red' (it has: blue, green)");
    }

    @Test
    void invokeTellsTheModelsOwnFailure() {
        arm.script(
                "POST /api/v1/endpoint/credit/score",
                call ->
                        new Reply(
                                424,
                                Map.of(
                                        "ms-azureml-model-error-statuscode", "500",
                                        "azureml-model-deployment", "blue"),
                                "{\"message\": \"division by zero\"}"));
        assertThat(person.types("online-endpoint", "invoke", "-n", "credit", "-r", "request.json"))
                .isEqualTo(1);
        assertThat(person.err.toString())
                .startsWith("ERROR: The endpoint answered 424\n")
                .contains("\n  ms-azureml-model-error-statuscode: 500\n")
                .contains("\n  azureml-model-deployment: blue\n")
                .endsWith("{\"message\": \"division by zero\"}\n");
    }

    @Test
    void tokenEndpointsGiveATokenInsteadOfKeys() {
        arm.put("/onlineEndpoints/credit", Tree.of("authMode", "AMLToken"));
        arm.script(
                "POST {WS}/onlineEndpoints/credit/token",
                call -> Reply.json(200, Tree.of("accessToken", "jwt", "tokenType", "Bearer")));
        runs(
                "online-endpoint",
                "get-credentials",
                "-n",
                "credit",
                "--query",
                "accessToken",
                "-o",
                "tsv");
        assertThat(person.out).hasToString("jwt\n");
    }

    @Test
    void deleteAsksFirst() {
        assertThat(person.types("online-endpoint", "delete", "-n", "credit")).isEqualTo(1);
        assertThat(person.err.toString()).contains("no tty available. Use --yes.");
        person.interactive = true;
        person.answers = "n\n";
        assertThat(person.types("online-endpoint", "delete", "-n", "credit")).isEqualTo(1);
        assertThat(arm.lines()).noneMatch(line -> line.startsWith("DELETE"));
        person.answers = "y\n";
        runs("online-deployment", "delete", "-n", "blue", "-e", "credit");
        person.interactive = false;
        runs("online-endpoint", "delete", "-n", "credit", "--yes");
        assertThat(arm.resources).doesNotContainKey(FakeArm.WORKSPACE + "/onlineEndpoints/credit");
    }

    @Test
    void whatDoesNotExistIsExitCodeThree() {
        assertThat(person.types("online-endpoint", "show", "-n", "nobody")).isEqualTo(3);
        assertThat(person.err.toString())
                .startsWith("ERROR: (ResourceNotFound) The resource /onlineEndpoints/nobody");
    }

    @Test
    void aWrongCommandLineIsExitCodeTwo() {
        assertThat(person.types("online-endpoint", "show")).isEqualTo(2);
        assertThat(person.err.toString()).contains("--name").contains("show --help");
        assertThat(person.types("online-endpoint")).isEqualTo(2);
        assertThat(person.types("online-endpoint", "shwo")).isEqualTo(2);
        assertThat(person.types("online-endpoint", "list", "-o", "xml")).isEqualTo(2);
        assertThat(
                        person.types(
                                "online-deployment",
                                "create",
                                "-f",
                                "x",
                                "--local",
                                "--vscode-debug"))
                .isEqualTo(2);
        assertThat(person.err.toString()).contains("--vscode-debug is not offered");
        assertThat(
                        person.types(
                                "online-deployment",
                                "create",
                                "-f",
                                "x",
                                "--all-traffic",
                                "--no-wait"))
                .isEqualTo(2);
    }

    @Test
    void getLogsFollowsUntilItIsStopped() {
        var looks = new AtomicInteger();
        List<String> contents = List.of("a\nb\n", "a\nb\n", "b\nc\n", "c\nd\n");
        arm.script(
                "POST {WS}/onlineEndpoints/credit/deployments/blue/getLogs",
                call ->
                        Reply.json(
                                200,
                                Tree.of(
                                        "content",
                                        contents.get(Math.min(looks.getAndIncrement(), 3)))));
        person.onPause =
                () -> {
                    if (looks.get() == 4) {
                        Thread.currentThread().interrupt();
                    }
                };
        runs(
                "online-deployment",
                "get-logs",
                "-n",
                "blue",
                "-e",
                "credit",
                "--lines",
                "2",
                "-c",
                "storage-initializer",
                "--follow");
        assertThat(Thread.interrupted()).isTrue();
        assertThat(person.out).hasToString("a\nb\nc\nd\n");
        assertThat(body("POST {WS}/onlineEndpoints/credit/deployments/blue/getLogs"))
                .isEqualTo(Map.of("tail", 2, "containerType", "StorageInitializer"));
    }

    @Test
    void debugShowsCallsWithoutSecrets() {
        runs("online-endpoint", "get-credentials", "-n", "credit", "--debug");
        assertThat(person.err.toString())
                .contains("DEBUG: POST " + arm.url())
                .contains("/listKeys?api-version=2022-02-01-preview -> 200")
                .doesNotContain("t0ken-value")
                .doesNotContain("s3cret");
    }

    @Test
    void aRemoteServiceNeedsAnAddressAndAToken() {
        person.environment.put("FAROL_HOME", folder.resolve("nowhere").toString());
        assertThat(person.types("online-endpoint", "list")).isEqualTo(1);
        person.environment.put("FAROL_ARM_URL", arm.url() + "/");
        assertThat(person.types("online-endpoint", "list")).isEqualTo(1);
        assertThat(person.err.toString()).contains("FAROL_TOKEN is not");
        person.environment.put("FAROL_TOKEN", "t0ken-value");
        person.environment.put("FAROL_WORKSPACE", "ws");
        runs(
                "online-endpoint",
                "list",
                "--subscription",
                FakeArm.SUBSCRIPTION,
                "-g",
                "rg",
                "--query",
                "[].name",
                "-o",
                "tsv");
        assertThat(person.out).hasToString("credit\n");
    }

    @Test
    void aLargeFileGoesUpInBlocks() throws IOException {
        long size = 64L * 1024 * 1024 + 5;
        try (var file = new RandomAccessFile(folder.resolve("big.bin").toFile(), "rw")) {
            file.setLength(size);
            file.seek(size - 1);
            file.write(7);
        }
        runs("model", "create", "-n", "big", "--path", "big.bin");
        List<String> lines = arm.lines();
        assertThat(lines).filteredOn(line -> line.contains("comp=block&")).hasSize(9);
        String blob =
                arm.blobs.keySet().stream()
                        .filter(name -> name.endsWith("/big.bin"))
                        .findFirst()
                        .orElseThrow();
        String list = new String(arm.blobs.get(blob), UTF_8);
        var whole = new java.io.ByteArrayOutputStream();
        var ids = java.util.regex.Pattern.compile("<Latest>([^<]*)</Latest>").matcher(list);
        while (ids.find()) {
            whole.writeBytes(arm.blobs.get(blob + "#" + ids.group(1).replace("=", "%3D")));
        }
        assertThat(whole.size()).isEqualTo((int) size);
        assertThat(whole.toByteArray()[(int) size - 1]).isEqualTo((byte) 7);
        assertThat(person.err.toString())
                .startsWith("Uploading big.bin (64.0 MB)\n")
                .contains("Uploading big.bin: 100 % of 64.0 MB");
        assertThat(Tree.text(body("PUT {WS}/models/big/versions/1"), "properties", "modelUri"))
                .endsWith("/big.bin");
    }

    @Test
    void anUploadThatIsRefusedSaysWhich() throws IOException {
        Files.writeString(folder.resolve("m.pkl"), "x");
        arm.script(
                "POST {WS}/datastores/workspaceblobstore/listSecrets",
                call -> Reply.json(200, Tree.of("sasToken", "?sv=1&sig=wrong")));
        assertThat(person.types("model", "create", "-n", "m2", "-p", "m.pkl", "--debug"))
                .isEqualTo(1);
        assertThat(person.err.toString())
                .contains("/m.pkl was refused with 403 AuthenticationFailed")
                .doesNotContain("sig=wrong");
    }

    @Test
    void aModelWithoutAVersionGetsTheNextOne() throws IOException {
        Files.writeString(folder.resolve("m.pkl"), "x");
        arm.put("/models/m/versions/7", Tree.of("modelUri", "azureml://x"));
        runs(
                "model",
                "create",
                "-n",
                "m",
                "-p",
                "m.pkl",
                "--type",
                "custom_model",
                "--query",
                "version");
        assertThat(person.out).hasToString("\"8\"\n");
    }

    @Test
    void anEnvironmentKeepsTheUsersLines() throws IOException {
        Files.writeString(folder.resolve("conda.yaml"), "# mine\nname: x\n");
        runs("environment", "create", "-n", "e", "--conda-file", "conda.yaml");
        assertThat(Tree.text(body("PUT {WS}/environments/e/versions/1"), "properties", "condaFile"))
                .isEqualTo("# mine\nname: x\n");
    }

    @Test
    void bothWaysToReadALineAgree() {
        List<String[]> lines =
                List.of(
                        new String[] {"online-endpoint", "list", "-o", "tsv", "--query", "[].name"},
                        new String[] {
                            "online-endpoint", "list", "--output=yaml", "--only-show-errors"
                        },
                        new String[] {"online-endpoint", "show", "--name=credit", "-o", "table"},
                        new String[] {"online-endpoint", "show", "-ncredit", "-ojson"},
                        new String[] {"online-endpoint", "show", "-n", "credit", "-n", "credit"},
                        new String[] {"online-endpoint", "show", "-n"},
                        new String[] {"online-endpoint", "show", "-n", "credit", "extra"},
                        new String[] {"online-endpoint", "show", "-h"},
                        new String[] {
                            "online-endpoint",
                            "update",
                            "-n",
                            "credit",
                            "--traffic",
                            "blue=40",
                            "green=60",
                            "--set",
                            "tags.a=1",
                            "--set",
                            "tags.b=x y"
                        },
                        new String[] {
                            "online-deployment",
                            "get-logs",
                            "-n",
                            "blue",
                            "--endpoint",
                            "credit",
                            "-l",
                            "x"
                        },
                        new String[] {
                            "online-deployment", "show", "-n", "blue", "--endpoint-name", "nobody"
                        });
        for (String[] line : lines) {
            person.alwaysPicocli = false;
            int quick = person.types(line);
            String said = person.out + "|" + person.err;
            person.alwaysPicocli = true;
            assertThat(person.types(line)).as(String.join(" ", line)).isEqualTo(quick);
            assertThat(person.out + "|" + person.err).as(String.join(" ", line)).isEqualTo(said);
        }
    }

    @Test
    void completionKnowsEveryVerb() {
        runs("completion", "bash");
        assertThat(person.out.toString()).contains("regenerate-keys").contains("--all-traffic");
        runs("completion", "fish");
        assertThat(person.out.toString())
                .contains("-a get-logs")
                .contains("-l mirror-traffic")
                .contains("-l uri-parameters")
                .doesNotContain("batch-endpoint");
        assertThat(person.types("completion", "tcsh")).isEqualTo(2);
    }

    @Test
    void commandsOfTheApplicationFailLikeTheOthers() {
        CliContext context = person.context();
        var line = Cli.create(context, List.of("up"));
        var spec =
                picocli.CommandLine.Model.CommandSpec.wrapWithoutInspection(
                        (Runnable)
                                () -> {
                                    throw new dev.farol.spec.FarolException(
                                            dev.farol.spec.ErrorCode.UNAVAILABLE, "no disk");
                                });
        Cli.add(context, line, "up", new picocli.CommandLine(spec));
        assertThat(line.execute("up")).isEqualTo(5);
        assertThat(person.err).hasToString("ERROR: no disk\n");
    }
}
