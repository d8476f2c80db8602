package dev.farol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.YamlFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The calls of each verb beside what Azure's own client was recorded to send for the same file. */
class RecordedFlowIT {
    @TempDir Path folder;
    private FakeArm arm;
    private Person person;

    @BeforeEach
    void start() throws IOException {
        arm = new FakeArm();
        person = Person.at(arm, folder);
        Path samples = Path.of("src/test/resources/samples");
        try (var files = Files.walk(samples)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Path target = folder.resolve(samples.relativize(file).toString());
                Files.createDirectories(target.getParent());
                Files.copy(file, target);
            }
        }
        write("model-1/model/sklearn_regression_model.pkl", "a pickle");
        write("model-1/onlinescoring/score.py", "def init(): ...\n\ndef run(raw): ...\n");
        write("ncd/sklearn-diabetes/model/model.pkl", "another");
        write("ncd/sklearn-diabetes/model/requirements.txt", "mlflow\n");
        write("custom-container/half_plus_two/stub.txt", "stub");
        arm.put("/onlineEndpoints/my-endpoint", Tree.of("authMode", "Key"));
        arm.put("/onlineEndpoints/tfserving-endpoint", Tree.of("authMode", "Key"));
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

    @Test
    void createsAnEndpointAsRecorded() throws IOException {
        created("online-endpoint", "managed/sample/endpoint.yml");
        assertThat(sent()).isEqualTo(recorded("online-managed-sample-endpoint"));
    }

    @Test
    void createsAnEndpointOfTheMlflowSampleAsRecorded() throws IOException {
        created("online-endpoint", "ncd/create-endpoint.yaml");
        assertThat(sent()).isEqualTo(recorded("online-ncd-create-endpoint"));
    }

    @Test
    void deploysLocalCodeModelAndEnvironmentAsRecorded() throws IOException {
        created("online-deployment", "managed/sample/blue-deployment.yml");
        assertThat(sent()).isEqualTo(recorded("online-managed-sample-blue-deployment"));
    }

    @Test
    void deploysRegisteredAssetsAsRecorded() throws IOException {
        created("online-deployment", "managed/sample/blue-deployment-with-registered-assets.yml");
        assertThat(sent())
                .isEqualTo(
                        recorded("online-managed-sample-blue-deployment-with-registered-assets"));
    }

    @Test
    void deploysACustomContainerAsRecorded() throws IOException {
        created("online-deployment", "custom-container/tfserving-deployment.yml");
        assertThat(sent())
                .isEqualTo(
                        recorded(
                                "online-custom-container-tfserving-half-plus-two-tfserving-deployment"));
    }

    @Test
    void deploysAnMlflowModelAsRecordedButForTheOrderOfItsFiles() throws IOException {
        created("online-deployment", "ncd/sklearn-deployment.yaml");
        assertThat(withoutBlobs(sent()))
                .isEqualTo(withoutBlobs(recorded("online-ncd-sklearn-deployment")));
        assertThat(blobPuts(sent()))
                .containsExactlyInAnyOrderElementsOf(
                        blobPuts(recorded("online-ncd-sklearn-deployment")));
    }

    @Test
    void aSecondDeploymentOfTheSameFilesUploadsNothing() {
        created("online-deployment", "managed/sample/blue-deployment.yml");
        arm.calls.clear();
        created("online-deployment", "managed/sample/blue-deployment.yml", "--set", "name=green");
        assertThat(arm.lines()).noneMatch(line -> line.contains("LocalUpload"));
        assertThat(arm.lines()).noneMatch(line -> line.startsWith("PUT {WS}/models"));
    }

    @Test
    void aChangedFileMakesAnotherModel() throws IOException {
        created("online-deployment", "managed/sample/blue-deployment.yml");
        Object first = deployedModel();
        write("model-1/model/sklearn_regression_model.pkl", "a piccle");
        created("online-deployment", "managed/sample/blue-deployment.yml");
        Object second = deployedModel();
        write("model-1/model/sklearn_regression_model.pkl", "a pickle");
        created("online-deployment", "managed/sample/blue-deployment.yml");

        assertThat(second).isNotEqualTo(first);
        assertThat(deployedModel()).isEqualTo(first);
    }

    private Object deployedModel() {
        return Tree.text(
                arm.resources.get(
                        FakeArm.WORKSPACE + "/onlineEndpoints/my-endpoint/deployments/blue"),
                "properties",
                "model");
    }

    @Test
    void codeThatTheServiceKnowsIsNotUploadedAgain() {
        created("online-deployment", "managed/sample/blue-deployment.yml");
        String known =
                arm.resources.keySet().stream()
                        .filter(id -> id.contains("/codes/"))
                        .findFirst()
                        .orElseThrow();
        arm.calls.clear();
        arm.knownCode = known;
        created("online-deployment", "managed/sample/blue-deployment.yml");
        assertThat(arm.lines()).noneMatch(line -> line.contains(".blob."));
        Object deployed =
                arm.resources.get(
                        FakeArm.WORKSPACE + "/onlineEndpoints/my-endpoint/deployments/blue");
        assertThat(Tree.text(deployed, "properties", "codeConfiguration", "codeId"))
                .isEqualTo(known);
    }

    private void created(String noun, String file, String... more) {
        var arguments = new ArrayList<>(List.of(noun, "create", "-f", file));
        arguments.addAll(List.of(more));
        int code = person.types(arguments.toArray(String[]::new));
        assertThat(code).as(person.err.toString()).isZero();
    }

    private List<String> sent() {
        synchronized (arm.calls) {
            return arm.calls.stream()
                    .map(
                            call ->
                                    line(
                                            call.method(),
                                            call.path(),
                                            call.path().contains(".blob.")
                                                            || call.body().length == 0
                                                    ? null
                                                    : JsonText.parse(call.body())))
                    .toList();
        }
    }

    private static List<String> recorded(String name) throws IOException {
        try (InputStream file =
                RecordedFlowIT.class.getResourceAsStream("/wire/" + name + ".json")) {
            Object recording = JsonText.parse(file.readAllBytes());
            var lines = new ArrayList<String>();
            for (Object call : Tree.list(recording, "calls")) {
                Object body = Tree.at(call, "body");
                lines.add(
                        line(
                                Tree.text(call, "method"),
                                Tree.text(call, "path"),
                                body instanceof Map ? body : null));
            }
            return lines;
        }
    }

    /** A call without what differs from run to run. */
    private static String line(String method, String path, Object body) {
        String where =
                path.replaceAll("^/farolstore\\.blob\\.core\\.windows\\.net", "")
                        .replaceAll("[?&](sv|sr|sp|sig)=[^&]*", "")
                        .replaceAll(
                                "/(operations/1|subscriptions/x/.*Status/[^?]*)\\?.*",
                                "/operation");
        String text =
                where + (body == null ? "" : " " + JsonText.compact(Tree.sorted(plain(body))));
        return method
                + " "
                + text.replaceAll("[0-9a-f]{64}", "<sha>")
                        .replaceAll("codes/[0-9a-f-]{36}", "codes/<guid>")
                        .replaceAll("snap-[0-9a-f]{8}", "snap-<id>")
                        .replaceAll("https?://[^/\"]*(/farolstore[^/]*)?/snap", "<blob>/snap");
    }

    /** Conda text as what it says, whatever the order of its lines. */
    private static Object plain(Object body) {
        String conda = Tree.text(body, "properties", "condaFile");
        if (conda == null) {
            return body;
        }
        var properties = Tree.map(body, "properties");
        properties.put("condaFile", YamlFile.parse(conda, "conda", new ArrayList<>()).content());
        return Tree.of("properties", properties);
    }

    private static List<String> withoutBlobs(List<String> lines) {
        return lines.stream().filter(line -> !line.contains(" /azureml-blobstore")).toList();
    }

    private static List<String> blobPuts(List<String> lines) {
        return lines.stream()
                .filter(line -> line.startsWith("PUT /azureml-blobstore"))
                .filter(line -> !line.contains("comp=metadata"))
                .toList();
    }
}
