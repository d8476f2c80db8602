package dev.farol.control.reconcile;

import dev.farol.control.ReconcileConfig;
import dev.farol.control.model.StatusDocument;
import dev.farol.kit.Json;
import dev.farol.kit.testing.Eventually;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.store.Operation;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import dev.farol.store.Stores;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import tools.jackson.databind.node.ObjectNode;

/** The acting half with fakes around it, and the writes that the API makes. */
final class House implements AutoCloseable {
    static final ResourceId WORKSPACE = ResourceId.workspace("sub", "farol", "main");
    private static final ReconcileConfig CONFIG =
            config(Duration.ofSeconds(60), Duration.ofHours(1), Duration.ofHours(1));

    final Path home;
    final Store store;
    final FakeObjects objects = new FakeObjects();
    final FakeEnvironments environments = new FakeEnvironments();
    final List<RoutingSnapshot> snapshots = new CopyOnWriteArrayList<>();
    final Map<String, Integer> inFlight = new ConcurrentHashMap<>();
    FakeBackend backend = new FakeBackend();
    ReconcileLoop loop;
    ReconcileConfig config = CONFIG;
    private final AtomicInteger operations = new AtomicInteger();

    House(Path home) {
        this(home, Stores.memory());
    }

    House(Path home, Store store) {
        this.home = home;
        this.store = store;
        objects.add("blobs", "LocalUpload/1/model/weights.bin", "weights");
        objects.add("blobs", "single/model.pkl", "pickle");
        objects.add("snap", "code/score.py", "def init(): pass");
        objects.add("snap", "code/lib/help.py", "x = 1");
        ObjectNode datastore = Json.object();
        datastore.putObject("properties").put("containerName", "blobs");
        plain(WORKSPACE.child("datastores", "workspaceblobstore"), datastore);
        model("1", "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model");
        model("2", "azureml://datastores/workspaceblobstore/paths/LocalUpload/1/model");
        model("gone", "azureml://datastores/workspaceblobstore/paths/nothing/here");
        code("1", "https://127.0.0.1:8443/farolstore.blob.core.windows.net/snap/code");
        environment("1", "dependencies: [a]");
        environment("2", "dependencies: [b]");
        environment("slow", "dependencies: [slow]");
        environment("bad", "dependencies: [unresolvable]");
    }

    private static ReconcileConfig config(
            Duration readyDeadline, Duration cleaning, Duration keep) {
        return new ReconcileConfig(
                8,
                4,
                Duration.ofHours(1),
                Duration.ofHours(1),
                Duration.ofMillis(10),
                Duration.ofMillis(200),
                readyDeadline,
                Duration.ZERO,
                Duration.ofMillis(1),
                Duration.ofMillis(1),
                Duration.ofDays(1),
                cleaning,
                keep,
                keep);
    }

    /** Instances have hardly any time to become ready. */
    static ReconcileConfig impatient() {
        return config(Duration.ofMillis(100), Duration.ofHours(1), Duration.ofHours(1));
    }

    /** Unused files are looked for all the time. */
    static ReconcileConfig cleaning(Duration keep) {
        return config(Duration.ofSeconds(60), Duration.ofMillis(10), keep);
    }

    /** Runs, and has the endpoint credit. */
    static House withEndpoint(Path home) {
        return withEndpoint(home, CONFIG);
    }

    static House withEndpoint(Path home, ReconcileConfig config) {
        var house = new House(home);
        house.config = config;
        house.start();
        house.await(house.putEndpoint("credit", Map.of()));
        return house;
    }

    House start() {
        return start(store);
    }

    House start(Store seenByLoop) {
        loop =
                new ReconcileLoop(
                        new ReconcileLoop.Parts(
                                seenByLoop,
                                objects,
                                environments,
                                backend,
                                id -> inFlight.getOrDefault(id, 0),
                                () -> dev.farol.spec.RoutingSnapshot.Authority.NONE,
                                List.of(snapshots::add),
                                home.resolve("assets"),
                                home.resolve("logs"),
                                InstantSource.system()),
                        config);
        loop.start();
        return this;
    }

    /** The process dies with its instances, and comes up again. */
    void restart() {
        stop();
        backend = new FakeBackend();
        start();
    }

    void stop() {
        loop.close();
        backend.close();
    }

    @Override
    public void close() {
        stop();
        store.close();
    }

    static ResourceId endpoint(String name) {
        return WORKSPACE.child("onlineEndpoints", name);
    }

    static ResourceId deployment(String endpoint, String name) {
        return endpoint(endpoint).child("deployments", name);
    }

    /** What a deployment's document is changed by. */
    @FunctionalInterface
    interface Change {
        void on(ObjectNode spec, ObjectNode properties);
    }

    static Change variable(String name, String value) {
        return (spec, properties) ->
                ((ObjectNode) properties.get("environmentVariables")).put(name, value);
    }

    static Change behaviour(String behaviour) {
        return variable("BEHAVIOUR", behaviour);
    }

    static Change capacity(int capacity) {
        return (spec, properties) -> spec.putObject("sku").put("capacity", capacity);
    }

    static Change field(String name, String value) {
        return (spec, properties) -> properties.put(name, value);
    }

    static Change environmentVersion(String version) {
        return field("environmentId", id("environments", "env", version));
    }

    /** A model and nothing else, as MLflow's need no more. */
    static Change onlyModel(String version) {
        return (spec, properties) -> {
            properties.remove("codeConfiguration");
            properties.remove("environmentId");
            properties.put("model", id("models", "m", version));
        };
    }

    String putEndpoint(String name, Map<String, Integer> traffic) {
        ObjectNode spec = Json.object().put("location", "local");
        ObjectNode properties = spec.putObject("properties").put("authMode", "Key");
        traffic.forEach(properties.putObject("traffic")::put);
        return put(endpoint(name), spec);
    }

    String putDeployment(String endpoint, String name, Change... changes) {
        ObjectNode spec = Json.object();
        ObjectNode properties = spec.putObject("properties");
        properties.put("model", id("models", "m", "1"));
        properties
                .putObject("codeConfiguration")
                .put("codeId", id("codes", "c", "1"))
                .put("scoringScript", "score.py");
        properties.put("environmentId", id("environments", "env", "1"));
        properties.put("instanceType", "Standard_DS3_v2");
        properties.putObject("environmentVariables");
        for (Change change : changes) {
            change.on(spec, properties);
        }
        return put(deployment(endpoint, name), spec);
    }

    /** Asks for new instances, as the API does. */
    String restartDeployment(String endpoint, String name) {
        ResourceId id = deployment(endpoint, name);
        String operation = "restart:" + operations.incrementAndGet();
        store.transact(
                tx -> {
                    Resource found = tx.resources().find(id).orElseThrow();
                    ObjectNode status = StatusDocument.of(found).restart(operation).json();
                    status.put("provisioningState", "Updating").put("operation", operation);
                    tx.resources().updateStatus(id, found.version(), status);
                    return tx.operations()
                            .start(operation, Operation.Kind.UPDATE, id, found.generation());
                });
        loop.nudge().changed(id);
        return operation;
    }

    String delete(ResourceId id) {
        String operation = "del:" + operations.incrementAndGet();
        store.transact(
                tx -> {
                    Resource found = tx.resources().find(id).orElseThrow();
                    ObjectNode status = found.status().deepCopy();
                    status.put("provisioningState", "Deleting").put("operation", operation);
                    tx.resources().updateStatus(id, found.version(), status);
                    return tx.operations().start(operation, Operation.Kind.DELETE, id, 0);
                });
        loop.nudge().changed(id);
        return operation;
    }

    Operation await(String operation) {
        return Eventually.eventually(
                "operation " + operation + " ends",
                Duration.ofSeconds(20),
                () -> store.operations().find(operation).orElseThrow(),
                found -> found.status().terminal());
    }

    /** Waits until unused files have been looked for that often again. */
    void awaitLooks(int more) {
        int target = environments.looks.get() + more;
        Eventually.eventually(more + " more looks", () -> environments.looks.get() >= target);
    }

    ProvisioningState state(ResourceId id) {
        return status(id).state();
    }

    StatusDocument status(ResourceId id) {
        return StatusDocument.of(store.resources().find(id).orElseThrow());
    }

    String condition(ResourceId id, String type) {
        for (var condition : status(id).json().path("conditions")) {
            if (condition.path("type").asString().equals(type)) {
                return condition.path("status").asString()
                        + " "
                        + condition.path("reason").asString();
            }
        }
        return "";
    }

    /** The ids of the instances that the newest snapshot lists for a deployment. */
    List<String> routed(String endpoint, String deployment) {
        return loop.snapshot()
                .endpoint(endpoint)
                .map(found -> found.deployments().get(deployment))
                .map(found -> found.instances().stream())
                .orElseGet(Stream::empty)
                .map(RoutingSnapshot.Instance::id)
                .sorted()
                .toList();
    }

    /** What those instances speak. */
    List<RoutingSnapshot.Instance.Protocol> protocols(String endpoint, String deployment) {
        return loop.snapshot().endpoint(endpoint).stream()
                .map(found -> found.deployments().get(deployment))
                .flatMap(found -> found.instances().stream())
                .map(RoutingSnapshot.Instance::protocol)
                .toList();
    }

    List<String> running() {
        return backend.instances.keySet().stream().sorted().toList();
    }

    static String id(String type, String name, String version) {
        return WORKSPACE.child(type, name).child("versions", version).toString();
    }

    void model(String version, String uri) {
        model(version, "custom_model", uri);
    }

    void model(String version, String type, String uri) {
        ObjectNode spec = Json.object();
        spec.putObject("properties").put("modelUri", uri).put("modelType", type);
        plain(WORKSPACE.child("models", "m").child("versions", version), spec);
    }

    void code(String version, String uri) {
        ObjectNode spec = Json.object();
        spec.putObject("properties").put("codeUri", uri);
        plain(WORKSPACE.child("codes", "c").child("versions", version), spec);
    }

    void environment(String version, String condaFile) {
        ObjectNode spec = Json.object();
        spec.putObject("properties").put("condaFile", condaFile);
        plain(WORKSPACE.child("environments", "env").child("versions", version), spec);
    }

    void plain(ResourceId id, ObjectNode spec) {
        store.resources()
                .create(id, spec, Json.object().put("provisioningState", "Succeeded"), "test");
    }

    private String put(ResourceId id, ObjectNode spec) {
        String operation = "op:" + operations.incrementAndGet();
        store.transact(
                tx -> {
                    Resource found = tx.resources().find(id).orElse(null);
                    if (found == null) {
                        ObjectNode status = Json.object().put("provisioningState", "Creating");
                        status.put("operation", operation);
                        Resource made = tx.resources().create(id, spec, status, "test");
                        if (id.kind().equals("onlineEndpoints")) {
                            tx.resources().putSecret(id, "primaryKey", bytes("first"));
                            tx.resources().putSecret(id, "secondaryKey", bytes("second"));
                        }
                        return tx.operations()
                                .start(operation, Operation.Kind.CREATE, id, made.generation());
                    }
                    Resource changed = tx.resources().updateSpec(id, found.version(), spec, "test");
                    ObjectNode status = changed.status().deepCopy();
                    status.put("provisioningState", "Updating").put("operation", operation);
                    tx.resources().updateStatus(id, changed.version(), status);
                    return tx.operations()
                            .start(operation, Operation.Kind.UPDATE, id, changed.generation());
                });
        loop.nudge().changed(id);
        return operation;
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }
}
