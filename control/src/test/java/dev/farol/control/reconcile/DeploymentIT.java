package dev.farol.control.reconcile;

import static dev.farol.control.reconcile.House.behaviour;
import static dev.farol.control.reconcile.House.capacity;
import static dev.farol.control.reconcile.House.deployment;
import static dev.farol.control.reconcile.House.environmentVersion;
import static dev.farol.control.reconcile.House.field;
import static dev.farol.control.reconcile.House.variable;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.backend.InstanceSpec;
import dev.farol.backend.Program;
import dev.farol.control.model.StatusDocument;
import dev.farol.kit.Json;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ReplicaSpec.NativeModel.Kind;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot.Instance.Protocol;
import dev.farol.store.Operation;
import dev.farol.store.Operation.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class DeploymentIT {
    private static final ResourceId BLUE = deployment("credit", "blue");

    @TempDir Path home;
    @AutoClose House house;

    @BeforeEach
    void start() {
        house = House.withEndpoint(home);
    }

    @Test
    void isRoutableWhenItsCreationSucceeds() {
        Operation created = house.await(house.putDeployment("credit", "blue", capacity(2)));

        assertThat(created.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(house.routed("credit", "blue")).hasSize(2).isEqualTo(house.running());
        assertThat(house.state(BLUE)).isEqualTo(ProvisioningState.SUCCEEDED);
        for (String type :
                List.of("EnvironmentReady", "ModelReady", "CodeReady", "InstancesReady", "Ready")) {
            assertThat(house.condition(BLUE, type)).as(type).startsWith("True");
        }
        assertThat(
                        house.status(BLUE)
                                .json()
                                .path("conditions")
                                .path(0)
                                .path("lastTransitionTime")
                                .asString())
                .isNotEmpty();
    }

    @Test
    void whatItsInstancesSpeakReachesTheDataPlane() {
        house.await(house.putDeployment("credit", "blue"));
        assertThat(house.protocols("credit", "blue")).containsExactly(Protocol.HTTP_1);

        house.await(
                house.putDeployment(
                        "credit",
                        "blue",
                        (spec, properties) ->
                                properties.putObject("properties").put("farol.protocol", "h2c")));

        assertThat(house.protocols("credit", "blue")).containsExactly(Protocol.HTTP_2);
    }

    @Test
    void takesAModelAndAnEnvironmentFromARegistry() throws IOException {
        ResourceId registry = ResourceId.registry("local");
        ObjectNode model = Json.object();
        model.putObject("properties")
                .put("modelUri", "https://h/farolstore.blob.core.windows.net/blobs/single");
        house.plain(registry.child("models", "shared").child("versions", "3"), model);
        ObjectNode environment = Json.object();
        environment.putObject("properties").put("condaFile", "dependencies: [a]");
        ResourceId curated =
                ResourceId.registry("azureml").child("environments", "e").child("versions", "1");
        house.plain(curated, environment);

        Operation created =
                house.await(
                        house.putDeployment(
                                "credit",
                                "blue",
                                field(
                                        "model",
                                        "azureml://registries/local/models/shared/versions/3"),
                                field(
                                        "environmentId",
                                        "azureml://registries/azureml/environments/e/versions/1")));

        assertThat(created.status()).isEqualTo(Status.SUCCEEDED);
        InstanceSpec spec = house.backend.specs.values().iterator().next();
        assertThat(spec.modelDir()).isNotNull();
        assertThat(Files.readString(spec.modelDir().resolve("single/model.pkl")))
                .isEqualTo("pickle");
        assertThat(house.store.resources().find(curated).orElseThrow().status().has("lock"))
                .isTrue();
    }

    @Test
    void givesInstancesAllThatTheyNeed() throws IOException {
        house.await(house.putDeployment("credit", "blue", variable("A", "1")));

        InstanceSpec spec = house.backend.specs.values().iterator().next();
        assertThat(spec.modelDir()).isNotNull();
        assertThat(Files.readString(spec.modelDir().resolve("model/weights.bin")))
                .isEqualTo("weights");
        var script = (Program.Script) spec.program();
        assertThat(script.appRoot().resolve("score.py")).isRegularFile();
        assertThat(script.appRoot().resolve("lib/help.py")).isRegularFile();
        assertThat(Files.isWritable(script.appRoot().resolve("score.py"))).isTrue();
        assertThat(script.scoringScript()).isEqualTo("score.py");
        assertThat(house.backend.events.getFirst()).isEqualTo("warm " + script.environmentKey());
        assertThat(spec.environmentVariables()).containsEntry("A", "1");
        assertThat(spec.id()).matches("credit-blue-[0-9a-f]{8}-0-[a-z0-9]{4}");
    }

    @Test
    void putsASingleModelFileBelowTheModelFolder() {
        house.model("single", "azureml://datastores/workspaceblobstore/paths/single/model.pkl");

        house.await(
                house.putDeployment(
                        "credit", "blue", field("model", House.id("models", "m", "single"))));

        InstanceSpec spec = house.backend.specs.values().iterator().next();
        assertThat(spec.modelDir().resolve("model.pkl")).isRegularFile();
    }

    @Test
    void resolvesAnEnvironmentAndMaterializesAssetsOnceForAll() {
        String blue = house.putDeployment("credit", "blue");
        String green = house.putDeployment("credit", "green");
        house.await(blue);
        house.await(green);

        assertThat(house.environments.resolved).hasValue(1);
        assertThat(house.objects.materialized).hasValue(2);
        JsonNode status =
                house.store
                        .resources()
                        .find(House.WORKSPACE.child("environments", "env").child("versions", "1"))
                        .orElseThrow()
                        .status();
        assertThat(status.path("lock").path("lock").path("pythonVersion").asString())
                .isEqualTo("3.11.7");
    }

    @Test
    void failsInValidationWithEveryMissingReference() {
        Operation failed =
                house.await(
                        house.putDeployment(
                                "credit",
                                "blue",
                                field("model", House.id("models", "m", "7")),
                                environmentVersion("8")));

        assertFailed(failed, "validate", "ResourceNotFound");
        assertThat(failed.error().path("message").asString())
                .contains("models/m/versions/7", "environments/env/versions/8");
    }

    @Test
    void failsWithTheEnvironmentThatCannotBeResolved() {
        Operation failed =
                house.await(house.putDeployment("credit", "blue", environmentVersion("bad")));

        assertFailed(failed, "environment", "ImageBuildFailure");
        assertThat(failed.error().path("message").asString())
                .contains("line 3: no package 'unresolvable'", "resolving azureml:env:bad");
        assertThat(house.condition(BLUE, "EnvironmentReady")).isEqualTo("False ImageBuildFailure");
    }

    @Test
    void failsWithTheModelThatIsNotThere() {
        Operation failed =
                house.await(
                        house.putDeployment(
                                "credit", "blue", field("model", House.id("models", "m", "gone"))));

        assertFailed(failed, "model", "ModelNotFound");
        assertThat(house.condition(BLUE, "ModelReady")).isEqualTo("False ModelNotFound");
    }

    @Test
    void failsWithTheScriptThatIsNotThereAndNamesWhatIs() {
        Operation failed =
                house.await(
                        house.putDeployment(
                                "credit",
                                "blue",
                                (spec, properties) ->
                                        properties
                                                .withObject("codeConfiguration")
                                                .put("scoringScript", "main.py")));

        assertFailed(failed, "code", "UserScriptImportError");
        assertThat(failed.error().path("message").asString())
                .contains("'main.py'", "lib/help.py, score.py");
    }

    @Test
    void saysWhatAModelAloneWouldHaveToBe() {
        Operation failed = house.await(house.putDeployment("credit", "blue", modelAlone("1")));

        assertFailed(failed, "model", "NotSupported");
        assertThat(failed.error().path("message").asString())
                .startsWith("The model 'm:1' of type custom_model holds no .onnx file")
                .contains("expected: code_configuration", "exactly one .onnx file");
    }

    @Test
    void servesAnOnnxFileWithoutPython() {
        house.objects.add("blobs", "nets/net.onnx", "onnx");
        house.objects.add("blobs", "nets/labels.txt", "a");
        house.model("net", "azureml://datastores/workspaceblobstore/paths/nets");

        Operation created = house.await(house.putDeployment("credit", "blue", modelAlone("net")));

        assertThat(created.status()).isEqualTo(Status.SUCCEEDED);
        InstanceSpec spec = house.backend.specs.values().iterator().next();
        var model = (Program.Native) spec.program();
        assertThat(model.kind()).isEqualTo(Kind.ONNX);
        assertThat(model.name()).isEqualTo("m");
        assertThat(model.path()).hasContent("onnx").hasFileName("net.onnx");
        assertThat(house.backend.events).noneMatch(event -> event.startsWith("warm"));
        assertThat(server()).isEqualTo("onnxruntime");
        assertThat(status().server().orElseThrow().reason()).contains("ONNX file nets/net.onnx");
    }

    @Test
    void refusesToChooseBetweenOnnxFiles() {
        house.objects.add("blobs", "nets/one.onnx", "onnx");
        house.objects.add("blobs", "nets/two.ONNX", "onnx");
        house.model("net", "azureml://datastores/workspaceblobstore/paths/nets");

        Operation failed = house.await(house.putDeployment("credit", "blue", modelAlone("net")));

        assertFailed(failed, "model", "NotSupported");
        assertThat(failed.error().path("message").asString())
                .contains("holds 2 .onnx files: nets/one.onnx, nets/two.ONNX");
    }

    @Test
    void servesARepositoryOfTriton() {
        house.model(
                "net",
                "triton_model",
                "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model");

        Operation created = house.await(house.putDeployment("credit", "blue", modelAlone("net")));

        assertThat(created.status()).isEqualTo(Status.SUCCEEDED);
        InstanceSpec spec = house.backend.specs.values().iterator().next();
        var model = (Program.Native) spec.program();
        assertThat(model.kind()).isEqualTo(Kind.TRITON);
        assertThat(model.path().resolve("model/weights.bin")).isRegularFile();
        assertThat(server()).isEqualTo("triton");
    }

    @Test
    void tellsThatAScriptIsServedByPython() {
        house.await(house.putDeployment("credit", "blue", variable("A", "1")));

        assertThat(server()).isEqualTo("python");
    }

    @Test
    void refusesAnEnvironmentWithoutAScript() {
        Operation failed =
                house.await(
                        house.putDeployment(
                                "credit",
                                "blue",
                                (spec, properties) -> properties.remove("codeConfiguration")));

        assertFailed(failed, "model", "NotSupported");
        assertThat(failed.error().path("message").asString())
                .startsWith("An environment without a scoring script");
    }

    @Test
    void refusesADeploymentOfNothing() {
        Operation failed =
                house.await(
                        house.putDeployment(
                                "credit",
                                "blue",
                                (spec, properties) -> {
                                    properties.remove("codeConfiguration");
                                    properties.remove("environmentId");
                                    properties.remove("model");
                                }));

        assertFailed(failed, "validate", "NotSupported");
        assertThat(failed.error().path("message").asString()).contains("nothing to serve");
    }

    private static House.Change modelAlone(String version) {
        return (spec, properties) -> {
            properties.remove("codeConfiguration");
            properties.remove("environmentId");
            properties.put("model", House.id("models", "m", version));
        };
    }

    private StatusDocument status() {
        return StatusDocument.of(
                house.store.resources().find(House.deployment("credit", "blue")).orElseThrow());
    }

    private String server() {
        return status().server().orElseThrow().name();
    }

    @Test
    void doesNotLookForTheScriptOutsideTheCode() {
        Operation failed =
                house.await(
                        house.putDeployment(
                                "credit",
                                "blue",
                                (spec, properties) ->
                                        properties
                                                .withObject("codeConfiguration")
                                                .put("scoringScript", "../../../score.py")));

        assertFailed(failed, "code", "UserScriptImportError");
    }

    @Test
    void failsWithTheVerdictOfAnInstanceAndKeepsItsConsole() {
        Operation failed =
                house.await(
                        house.putDeployment(
                                "credit", "blue", behaviour("second-fails"), capacity(2)));

        assertFailed(failed, "init", "UserScriptInitFailed");
        JsonNode verdict = house.status(BLUE).json().path("verdict");
        assertThat(verdict.path("exception").asString()).isEqualTo("ValueError: boom");
        assertThat(verdict.path("exitCode").asInt()).isEqualTo(1);
        eventually("the instances are gone", () -> house.running().isEmpty());
        assertThat(house.loop.logs().tail(BLUE, "InferenceServer", 10))
                .matches("console of credit-blue-[0-9a-f]{8}-1-[a-z0-9]{4}\n");
        assertThat(house.routed("credit", "blue")).isEmpty();
    }

    @Test
    void failsWhenTheBackendRefusesTheInstance() {
        Operation failed = house.await(house.putDeployment("credit", "blue", behaviour("refused")));

        assertFailed(failed, "validate", "BadArgument");
    }

    @Test
    void failsWhenInstancesNeverBecomeReady() {
        house.stop();
        house.backend = new FakeBackend();
        house.config = House.impatient();
        house.start();

        Operation failed = house.await(house.putDeployment("credit", "blue", behaviour("hang")));

        assertFailed(failed, "probe", "ResourceNotReady");
    }

    @Test
    void canBeRepairedByTheSameDocumentOnceTheCauseIsGone() {
        house.await(house.putDeployment("credit", "blue", environmentVersion("slow-to-come")));
        house.environment("slow-to-come", "dependencies: [c]");

        Operation repaired =
                house.await(
                        house.putDeployment("credit", "blue", environmentVersion("slow-to-come")));

        assertThat(repaired.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(house.status(BLUE).json().has("verdict")).isFalse();
    }

    @Test
    void keepsTheOldInstancesUntilTheNewOnesServe() {
        house.await(house.putDeployment("credit", "blue", capacity(2)));
        List<String> old = house.routed("credit", "blue");
        String update = house.putDeployment("credit", "blue", capacity(2), behaviour("hang"));
        eventually("new instances start", () -> house.running().size() == 4);
        assertThat(house.routed("credit", "blue")).isEqualTo(old);

        house.backend.release();

        assertThat(house.await(update).status()).isEqualTo(Status.SUCCEEDED);
        assertThat(house.routed("credit", "blue")).hasSize(2).doesNotContainAnyElementsOf(old);
        eventually("the old ones go", () -> house.running().size() == 2);
        eventually("their code goes", () -> apps() == 1);
    }

    @Test
    void drainsAnInstanceThatNoSnapshotListsBeforeItIsRemoved() {
        house.await(house.putDeployment("credit", "blue"));
        String old = house.routed("credit", "blue").getFirst();
        house.inFlight.put(old, 1);
        var listedAtRemoval = new CopyOnWriteArrayList<String>();
        house.backend.beforeRemove =
                id -> {
                    if (house.routed("credit", "blue").contains(id)
                            || house.inFlight.getOrDefault(id, 0) > 0) {
                        listedAtRemoval.add(id);
                    }
                };

        house.await(house.putDeployment("credit", "blue", variable("A", "2")));
        assertThat(house.running()).contains(old);
        assertThat(house.backend.events).doesNotContain("remove " + old);
        house.inFlight.remove(old);

        eventually("the old one goes", () -> !house.running().contains(old));
        assertThat(listedAtRemoval).isEmpty();
    }

    @Test
    void doesNotWaitForARequestLongerThanItMayRun() {
        house.await(
                house.putDeployment(
                        "credit",
                        "blue",
                        (spec, properties) ->
                                properties
                                        .putObject("requestSettings")
                                        .put("requestTimeout", "PT0.1S")));
        String old = house.routed("credit", "blue").getFirst();
        house.inFlight.put(old, 1);

        house.await(house.putDeployment("credit", "blue", variable("A", "2")));

        eventually("the old one goes", () -> !house.running().contains(old));
    }

    @Test
    void keepsServingTheOldRevisionWhenAnUpdateFails() {
        house.await(house.putDeployment("credit", "blue"));
        List<String> old = house.routed("credit", "blue");

        Operation failed = house.await(house.putDeployment("credit", "blue", behaviour("fail")));

        assertFailed(failed, "init", "UserScriptInitFailed");
        eventually("the new one goes", () -> house.running().equals(old));
        assertThat(house.routed("credit", "blue")).isEqualTo(old);
        assertThat(house.condition(BLUE, "Ready")).isEqualTo("True PreviousServes");
        assertThat(house.loop.logs().tail(BLUE, "InferenceServer", 10).lines())
                .hasSize(2)
                .allMatch(line -> line.startsWith("[credit-blue-"));
    }

    @Test
    void bringsUpTheLastGoodRevisionAfterAFailedUpdateAndARestart() {
        house.await(house.putDeployment("credit", "blue", variable("A", "good")));
        house.await(house.putDeployment("credit", "blue", behaviour("fail")));

        house.restart();

        eventually("it serves again", () -> house.routed("credit", "blue").size() == 1);
        assertThat(house.backend.specs.values().iterator().next().environmentVariables())
                .containsEntry("A", "good");
        assertThat(house.state(BLUE)).isEqualTo(ProvisioningState.FAILED);
        assertThat(house.status(BLUE).json().path("verdict").path("phase").asString())
                .isEqualTo("init");
        eventually(
                "it says so", () -> house.condition(BLUE, "Ready").equals("True PreviousServes"));
    }

    @Test
    void scalesWithoutTouchingWhatServes() {
        house.await(house.putDeployment("credit", "blue"));
        List<String> first = house.running();

        assertThat(house.await(house.putDeployment("credit", "blue", capacity(3))).status())
                .isEqualTo(Status.SUCCEEDED);
        assertThat(house.running()).hasSize(3).containsAll(first);
        assertThat(house.routed("credit", "blue")).hasSize(3);

        var listedAtRemoval = new CopyOnWriteArrayList<String>();
        house.backend.beforeRemove =
                id -> {
                    if (house.routed("credit", "blue").contains(id)) {
                        listedAtRemoval.add(id);
                    }
                };
        house.await(house.putDeployment("credit", "blue", capacity(1)));
        eventually("two go", () -> house.running().equals(first));
        assertThat(listedAtRemoval).isEmpty();
        assertThat(house.routed("credit", "blue")).isEqualTo(first);
    }

    @Test
    void keepsWhatServesWhenScalingFails() {
        house.await(house.putDeployment("credit", "blue", behaviour("second-fails")));
        List<String> first = house.running();

        Operation failed =
                house.await(
                        house.putDeployment(
                                "credit", "blue", behaviour("second-fails"), capacity(2)));

        assertFailed(failed, "init", "UserScriptInitFailed");
        eventually("the second goes", () -> house.running().equals(first));
        assertThat(house.routed("credit", "blue")).isEqualTo(first);
    }

    @Test
    void deletionInterruptsTheEnvironment() {
        String creation = house.putDeployment("credit", "blue", environmentVersion("slow"));
        eventually(
                "it is being resolved",
                () -> house.condition(BLUE, "EnvironmentReady").equals("False Preparing"));

        Operation deleted = house.await(house.delete(BLUE));

        assertThat(deleted.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(house.await(creation).status()).isEqualTo(Status.CANCELED);
        assertThat(house.store.resources().find(BLUE)).isEmpty();
        eventually("it is interrupted", () -> house.environments.interrupted.get() == 1);
        assertThat(apps()).isZero();
    }

    @Test
    void deletionWaitsUntilTheInstancesAreGone() {
        house.await(house.putDeployment("credit", "blue", capacity(2)));
        var events = new ArrayList<String>();
        house.backend.beforeRemove =
                id -> {
                    synchronized (events) {
                        events.add(house.store.resources().find(BLUE).isPresent() + " " + id);
                    }
                };

        house.await(house.delete(BLUE));

        assertThat(events).hasSize(2).allMatch(event -> event.startsWith("true"));
        assertThat(house.running()).isEmpty();
        eventually(
                "its logs go too",
                () -> house.loop.logs().tail(BLUE, "StorageInitializer", 10).isEmpty());
    }

    @Test
    void aNewerDocumentTakesThePlaceOfOneInProgress() {
        house.await(house.putDeployment("credit", "blue"));
        String older = house.putDeployment("credit", "blue", environmentVersion("slow"));
        eventually(
                "it is being resolved",
                () -> house.condition(BLUE, "EnvironmentReady").equals("False Preparing"));

        Operation newer =
                house.await(house.putDeployment("credit", "blue", environmentVersion("2")));

        assertThat(newer.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(house.await(older).status()).isEqualTo(Status.CANCELED);
        assertThat(house.await(older).error().path("code").asString())
                .isEqualTo("OperationCanceled");
    }

    @Test
    void aNewerDocumentTakesTheInstancesOfOneInProgressAway() {
        house.await(house.putDeployment("credit", "blue"));
        List<String> first = house.running();
        String older = house.putDeployment("credit", "blue", behaviour("hang"));
        eventually("it starts", () -> house.running().size() == 2);

        String newest = house.putDeployment("credit", "blue", environmentVersion("slow"));

        eventually("it is taken away", () -> house.running().equals(first));
        assertThat(house.await(older).status()).isEqualTo(Status.CANCELED);
        house.environments.release();
        assertThat(house.await(newest).status()).isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void aCrashLaterIsToldAndHealed() {
        house.await(house.putDeployment("credit", "blue"));
        String id = house.running().getFirst();

        house.backend.crash(id);

        eventually("it is unlisted", () -> house.routed("credit", "blue").isEmpty());
        eventually(
                "it is told",
                () -> house.condition(BLUE, "Ready").equals("False UserScriptInitFailed"));
        assertThat(house.status(BLUE).json().path("verdict").path("message").asString())
                .isEqualTo("init() raised");
        assertThat(house.state(BLUE)).isEqualTo(ProvisioningState.SUCCEEDED);

        house.backend.ready(id);
        eventually("it is listed", () -> house.routed("credit", "blue").equals(List.of(id)));
        eventually("it is told", () -> house.condition(BLUE, "Ready").equals("True Serving"));
        assertThat(house.status(BLUE).json().has("verdict")).isFalse();
    }

    @Test
    void replacesAnInstanceThatTheBackendLost() {
        house.await(house.putDeployment("credit", "blue"));
        String lost = house.running().getFirst();

        house.backend.lose(lost);

        eventually("another serves", () -> house.routed("credit", "blue").size() == 1);
        assertThat(house.running()).doesNotContain(lost);
    }

    @Test
    void comesBackAfterARestartWithoutAnOperation() {
        house.await(house.putDeployment("credit", "blue", behaviour("hang"), capacity(0)));
        house.await(house.putDeployment("credit", "blue", capacity(2)));
        List<String> before = house.running();

        house.restart();

        assertThat(house.state(BLUE)).isEqualTo(ProvisioningState.SUCCEEDED);
        eventually("it serves", () -> house.routed("credit", "blue").size() == 2);
        assertThat(house.running()).doesNotContainAnyElementsOf(before);
        assertThat(house.environments.resolved).hasValue(1);
        eventually("it is told", () -> house.condition(BLUE, "Ready").equals("True Serving"));
    }

    @Test
    void saysThatItRestarts() {
        house.await(house.putDeployment("credit", "blue"));
        String slow = house.putDeployment("credit", "green", behaviour("hang"));
        eventually("it starts", () -> house.running().size() == 2);
        house.backend.release();
        house.await(slow);

        house.restart();

        eventually(
                "green says so",
                () ->
                        house.condition(deployment("credit", "green"), "Ready")
                                .equals("False Restarting"));
        assertThat(house.state(deployment("credit", "green")))
                .isEqualTo(ProvisioningState.SUCCEEDED);
        assertThat(house.loop.snapshot().endpoint("credit").orElseThrow().deployments())
                .containsKey("green");
    }

    @Test
    void leavesNothingRunningAndOperationsOpenWhenItStops() {
        String creation = house.putDeployment("credit", "blue", environmentVersion("slow"));
        eventually(
                "it is being resolved",
                () -> house.condition(BLUE, "EnvironmentReady").equals("False Preparing"));

        house.loop.close();

        assertThat(house.environments.interrupted).hasValue(1);
        assertThat(Thread.getAllStackTraces().keySet())
                .filteredOn(Thread::isAlive)
                .extracting(Thread::getName)
                .doesNotContain("reconcile-timer");
        assertThat(house.store.operations().find(creation).orElseThrow().status())
                .isEqualTo(Status.IN_PROGRESS);
        house.environments.release();
        house.start();
        assertThat(house.await(creation).status()).isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void tellsItsProgress() {
        String creation = house.putDeployment("credit", "blue", behaviour("hang"));

        eventually(
                "it is told",
                () ->
                        house.store
                                .operations()
                                .find(creation)
                                .orElseThrow()
                                .progress()
                                .contains("0 of 1 instance is ready; init running for"));
        assertThat(house.loop.logs().tail(BLUE, "StorageInitializer", 100).lines())
                .anyMatch(line -> line.endsWith("resolving azureml:env:1"))
                .anyMatch(line -> line.endsWith("starting 1 instance"));
    }

    private void assertFailed(Operation operation, String phase, String code) {
        assertThat(operation.status()).isEqualTo(Status.FAILED);
        assertThat(operation.error()).isNotNull();
        assertThat(operation.error().path("code").asString()).isEqualTo(code);
        assertThat(house.state(BLUE)).isEqualTo(ProvisioningState.FAILED);
        assertThat(house.status(BLUE).json().path("verdict").path("phase").asString())
                .isEqualTo(phase);
        assertThat(house.status(BLUE).json().path("verdict").path("fix").asString()).isNotEmpty();
    }

    private long apps() {
        return Folders.children(home.resolve("assets/apps")).stream()
                .mapToLong(each -> Folders.children(each).size())
                .sum();
    }
}
