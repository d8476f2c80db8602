package dev.farol.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.cli.FakeArm.Reply;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Versions of models, environments, data and components: made, changed, hidden, brought here. */
class AssetVerbsIT {
    private static final String REGISTRY =
            "/subscriptions/"
                    + FakeArm.SUBSCRIPTION
                    + "/resourceGroups/shared/providers/Microsoft.MachineLearningServices"
                    + "/registries/team";

    @TempDir Path folder;
    private FakeArm arm;
    private Person person;

    @BeforeEach
    void start() throws IOException {
        arm = new FakeArm();
        person = Person.at(arm, folder);
        arm.put(
                "/models/m/versions/7",
                Tree.of(
                        "modelUri", "azureml://x/paths/p",
                        "modelType", "custom_model",
                        "description", "old",
                        "stage", "Dev",
                        "unknown", "kept",
                        "tags", Tree.of("a", "b")));
        arm.put("/models/m", Tree.of("latestVersion", "7", "nextVersion", "8"));
    }

    @AfterEach
    void stop() {
        arm.close();
    }

    private void write(String name, String content) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, content);
    }

    private void runs(String... arguments) {
        assertThat(person.types(arguments)).as(person.err.toString()).isZero();
    }

    private Object sent(String methodAndPath) {
        synchronized (arm.calls) {
            return arm.calls.stream()
                    .filter(call -> (call.method() + " " + call.path()).startsWith(methodAndPath))
                    .reduce((first, second) -> second)
                    .map(call -> JsonText.parse(call.body()))
                    .orElseThrow();
        }
    }

    @Test
    void updateChangesWhatAVersionSaysAndKeepsTheRest() {
        runs(
                "model",
                "update",
                "-n",
                "m",
                "-v",
                "7",
                "--stage",
                "Prod",
                "--set",
                "tags.team=risk",
                "description=new");
        Object properties = Tree.at(sent("PUT {WS}/models/m/versions/7"), "properties");
        assertThat(Tree.at(properties, "tags")).isEqualTo(Map.of("a", "b", "team", "risk"));
        assertThat(Tree.text(properties, "stage")).isEqualTo("Prod");
        assertThat(Tree.text(properties, "description")).isEqualTo("new");
        assertThat(Tree.text(properties, "unknown")).isEqualTo("kept");
        assertThat(Tree.text(properties, "modelUri")).isEqualTo("azureml://x/paths/p");
        assertThat(person.out.toString()).contains("\"team\": \"risk\"");
        runs("model", "update", "-n", "m", "--label", "latest", "--remove", "tags.a");
        assertThat(Tree.at(sent("PUT {WS}/models/m/versions/7"), "properties", "tags"))
                .isEqualTo(Map.of("team", "risk"));
    }

    @Test
    void theContentOfAVersionNeverChanges() {
        assertThat(
                        person.types(
                                "model",
                                "update",
                                "-n",
                                "m",
                                "-v",
                                "7",
                                "--set",
                                "path=azureml://datastores/s/paths/q"))
                .isEqualTo(1);
        assertThat(person.err.toString()).contains("The content of a version never changes: path");
        assertThat(arm.lines()).noneMatch(line -> line.startsWith("PUT"));
    }

    @Test
    void archivesAndRestoresAVersionOrAllOfAName() {
        runs("model", "archive", "-n", "m", "-v", "7");
        Object version = Tree.at(sent("PUT {WS}/models/m/versions/7"), "properties");
        assertThat(Tree.at(version, "isArchived")).isEqualTo(true);
        assertThat(Tree.text(version, "description")).isEqualTo("old");
        assertThat(Tree.map(version)).doesNotContainKey("provisioningState");
        runs("model", "archive", "--name", "m");
        Object container = Tree.at(sent("PUT {WS}/models/m?"), "properties");
        assertThat(Tree.at(container, "isArchived")).isEqualTo(true);
        assertThat(Tree.map(container)).doesNotContainKey("nextVersion");
        runs("model", "restore", "-n", "m", "-l", "latest");
        assertThat(Tree.at(sent("PUT {WS}/models/m/versions/7"), "properties", "isArchived"))
                .isEqualTo(false);
    }

    @Test
    void listsAskForWhatIsWanted() {
        runs("model", "list");
        runs("model", "list", "--include-archived");
        runs("model", "list", "--archived-only", "-n", "m", "--max-results", "1");
        String model = "GET {WS}/models";
        String api = "?api-version=2023-08-01-preview&listViewType=";
        assertThat(arm.lines())
                .containsExactly(
                        model + api + "ActiveOnly",
                        model + api + "All",
                        model + "/m/versions" + api + "ArchivedOnly");
        assertThat(person.types("model", "list", "--include-archived", "--archived-only"))
                .isEqualTo(2);
    }

    @Test
    void aListEndsWhereItShould() {
        String next = arm.url() + "/more?page=2";
        arm.script(
                "GET {WS}/data",
                call ->
                        Reply.json(
                                200,
                                Tree.of(
                                        "value",
                                        List.of(Tree.of("name", "one"), Tree.of("name", "two")),
                                        "nextLink",
                                        next)));
        runs("data", "list", "-r", "1", "--query", "[].name", "-o", "tsv");
        assertThat(person.out).hasToString("one\n");
        assertThat(arm.lines()).hasSize(1);
    }

    @Test
    void aVersionMustBeSaid() {
        assertThat(person.types("model", "show", "-n", "m")).isEqualTo(2);
        assertThat(person.types("model", "show", "-n", "m", "-v", "1", "-l", "latest"))
                .isEqualTo(2);
        assertThat(person.types("model", "show", "-n", "m", "-l", "newest")).isEqualTo(2);
        assertThat(person.types("model", "show", "-n", "none", "-l", "latest")).isEqualTo(3);
        assertThat(person.types("model", "show", "-n", "m", "-v", "6")).isEqualTo(3);
    }

    @Test
    void anEnvironmentBringsItsBuildContext() throws IOException {
        write("context/Dockerfile", "FROM x\n");
        write("context/a b/ö.txt", "o");
        write("env.yml", "name: e\nbuild:\n  path: context\n");
        runs("environment", "create", "-f", "env.yml");
        Object build = Tree.at(sent("PUT {WS}/environments/e/versions/1"), "properties", "build");
        assertThat(Tree.text(build, "dockerfilePath")).isEqualTo("Dockerfile");
        String uri = Tree.text(build, "contextUri");
        assertThat(uri)
                .startsWith(
                        arm.url()
                                + "/farolstore.blob.core.windows.net/azureml-blobstore-1/LocalUpload/")
                .endsWith("/context/");
        String path = uri.substring(arm.url().length());
        assertThat(arm.blobs)
                .containsKey(path + "Dockerfile")
                .containsKey(path + "a%20b/%C3%B6.txt");
        runs("environment", "create", "-n", "e2", "-b", "context", "-d", "Dockerfile.gpu");
        assertThat(
                        Tree.text(
                                sent("PUT {WS}/environments/e2/versions/1"),
                                "properties",
                                "build",
                                "dockerfilePath"))
                .isEqualTo("Dockerfile.gpu");
    }

    @Test
    void dataIsUploadedOrPointedAt() throws IOException {
        write("rows/a.csv", "1\n");
        write("one.csv", "2\n");
        runs("data", "create", "-n", "rows", "-p", "rows", "--tags", "a=b c", "d=e");
        Object properties = Tree.at(sent("PUT {WS}/data/rows/versions/1"), "properties");
        assertThat(Tree.text(properties, "dataType")).isEqualTo("uri_folder");
        assertThat(Tree.at(properties, "tags")).isEqualTo(Map.of("a", "b c", "d", "e"));
        assertThat(Tree.text(properties, "dataUri"))
                .matches("azureml://datastores/workspaceblobstore/paths/LocalUpload/.*/rows");
        runs("data", "create", "-n", "one", "-v", "5", "-p", "one.csv", "--type", "uri_file");
        assertThat(Tree.text(sent("PUT {WS}/data/one/versions/5"), "properties", "dataUri"))
                .endsWith("/one.csv");
        runs("data", "create", "-n", "far", "-p", "azureml://datastores/s/paths/x/");
        assertThat(Tree.text(sent("PUT {WS}/data/far/versions/1"), "properties", "dataUri"))
                .isEqualTo("azureml://datastores/s/paths/x/");
        runs("model", "create", "-n", "far", "-p", "azureml://datastores/s/paths/x");
        assertThat(Tree.text(sent("PUT {WS}/models/far/versions/1"), "properties", "modelUri"))
                .isEqualTo(
                        "azureml://subscriptions/"
                                + FakeArm.SUBSCRIPTION
                                + "/resourcegroups/rg/workspaces/ws/datastores/s/paths/x");
        assertThat(person.types("data", "create", "-n", "no", "-p", "one.csv")).isEqualTo(1);
        assertThat(person.err.toString()).contains("is a file, and the type is uri_folder");
    }

    @Test
    void aComponentGoesAlongWhole() throws IOException {
        write("src/train.py", "print('hi')\n");
        write(
                "train.yml",
                """
                name: train
                display_name: Train
                type: command
                inputs:
                  rate: {type: number, default: 0.1, optional: true}
                  fast: {type: boolean, default: true}
                outputs:
                  model: {type: mlflow_model}
                code: src
                environment: azureml:e:3
                command: python train.py
                tags: {team: risk}
                """);
        runs("component", "create", "-f", "train.yml", "--set", "is_deterministic=false");
        Object spec =
                Tree.at(
                        sent("PUT {WS}/components/train/versions/1"),
                        "properties",
                        "componentSpec");
        assertThat(Tree.text(spec, "inputs", "rate", "default")).isEqualTo("0.1");
        assertThat(Tree.at(spec, "inputs", "fast", "default")).isEqualTo("True");
        assertThat(Tree.at(spec, "inputs", "rate", "optional")).isEqualTo(true);
        assertThat(Tree.at(spec, "is_deterministic")).isEqualTo(false);
        assertThat(Tree.text(spec, "environment"))
                .isEqualTo("azureml:" + FakeArm.WORKSPACE + "/environments/e/versions/3");
        assertThat(Tree.text(spec, "code")).startsWith("azureml:" + FakeArm.WORKSPACE + "/codes/");
        assertThat(person.out.toString()).contains("\"display_name\": \"Train\"");
    }

    @Test
    void whatAnotherClientMadeCanBeChanged() {
        arm.put(
                "/components/theirs/versions/1",
                Tree.of(
                        "componentSpec",
                        Tree.of(
                                "type", "pipeline",
                                "jobs", Tree.of("one", Tree.of("type", "command")),
                                "successful_return_code", "Zero")));
        runs("component", "update", "-n", "theirs", "-v", "1", "--set", "tags.a=b");
        Object properties = Tree.at(sent("PUT {WS}/components/theirs/versions/1"), "properties");
        assertThat(Tree.at(properties, "tags")).isEqualTo(Map.of("a", "b"));
        assertThat(Tree.text(properties, "componentSpec", "successful_return_code"))
                .isEqualTo("Zero");
    }

    @Test
    void aRegistryIsAskedWhereItIs() throws IOException {
        arm.put(REGISTRY + "/models/shared/versions/2", Tree.of("modelUri", "azureml://r/paths/p"));
        runs("model", "show", "-n", "shared", "-v", "2", "--registry-name", "team");
        assertThat(arm.lines())
                .containsExactly(
                        "GET /registrymanagement/v1.0/registries/team/discovery?api-version=v1.0",
                        "GET "
                                + REGISTRY
                                + "/models/shared/versions/2?api-version=2021-10-01-dataplanepreview");
        write("m.pkl", "x");
        runs("model", "create", "-n", "shared", "-p", "m.pkl", "--registry-name", "team");
        Object sent = sent("PUT " + REGISTRY + "/models/shared/versions/3");
        assertThat(Tree.text(sent, "properties", "modelUri"))
                .startsWith(arm.url() + "/farolstore.blob.core.windows.net/snap-")
                .endsWith("/m.pkl");
        assertThat(arm.lines())
                .contains(
                        "POST "
                                + REGISTRY
                                + "/models/shared/versions/3/startPendingUpload"
                                + "?api-version=2021-10-01-dataplanepreview");
    }

    @Test
    void aModelThatWasUploadedComesBackTheSame() throws IOException {
        write("model/MLmodel", "flavors: {}\n");
        write("model/data/weights ü.bin", "w".repeat(9 * 1024 * 1024));
        write("model/data/empty.txt", "");
        runs("model", "create", "-n", "back", "-p", "model");
        runs("model", "download", "-n", "back", "-v", "1", "--download-path", "here");
        Path back = folder.resolve("here/back/model");
        assertThat(back.resolve("MLmodel")).hasContent("flavors: {}\n");
        assertThat(back.resolve("data/weights ü.bin")).hasSize(9 * 1024 * 1024);
        assertThat(back.resolve("data/empty.txt")).isEmptyFile();
        assertThat(person.err.toString()).contains("Downloaded 3 files to ");
        try (var all = Files.walk(folder.resolve("here"))) {
            assertThat(all).noneMatch(path -> path.toString().endsWith(".part"));
        }
    }

    @Test
    void aFileThatWouldLeaveTheFolderStaysAway() throws IOException {
        String container = "/farolstore.blob.core.windows.net/azureml-blobstore-1/";
        arm.blobs.put(container + "u/model/../../../evil.txt", "e".getBytes(UTF_8));
        arm.put(
                "/models/evil/versions/1",
                Tree.of("modelUri", "azureml://datastores/workspaceblobstore/paths/u/model"));
        assertThat(person.types("model", "download", "-n", "evil", "-v", "1", "-p", "here"))
                .isEqualTo(1);
        assertThat(person.err.toString()).contains("would leave the folder");
        assertThat(folder.resolve("evil.txt")).doesNotExist();
    }

    @Test
    void aModelThatLiesElsewhereIsNotDownloaded() {
        arm.put("/models/far/versions/1", Tree.of("modelUri", "https://example.com/m.bin"));
        assertThat(person.types("model", "download", "-n", "far", "-v", "1")).isEqualTo(1);
        assertThat(person.err.toString()).contains("is not in the storage of this workspace");
    }
}
