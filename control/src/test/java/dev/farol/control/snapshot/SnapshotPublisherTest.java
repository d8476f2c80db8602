package dev.farol.control.snapshot;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.snapshot.ServingRoutes.Route;
import dev.farol.kit.Json;
import dev.farol.kit.testing.Logs;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.spec.RoutingSnapshot.Authority;
import dev.farol.spec.RoutingSnapshot.Instance;
import dev.farol.spec.RoutingSnapshot.Issuer;
import dev.farol.spec.RoutingSnapshot.TokenKey;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import dev.farol.store.Stores;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class SnapshotPublisherTest {
    private static final ResourceId WORKSPACE = ResourceId.workspace("s", "g", "w");

    private final Store store = Stores.memory();
    private final Map<String, Route> routes = new ConcurrentHashMap<>();
    private final List<RoutingSnapshot> seen = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private final AtomicReference<Authority> authority =
            new AtomicReference<>(authority(new TokenKey("one", "ES256", "AA==")));
    private SnapshotPublisher publisher;

    @AfterEach
    void close() {
        publisher.close();
        store.close();
    }

    @Test
    void startsWithAllThatIsThere() {
        endpoint("credit", "{\"credit-blue\": 100}");
        deployment("credit", "credit-blue", "Succeeded");
        route("credit", "credit-blue", 1);
        start();

        RoutingSnapshot.Endpoint endpoint = seen.getFirst().endpoint("CREDIT").orElseThrow();
        assertThat(endpoint.region()).isEqualTo("local");
        assertThat(endpoint.traffic()).isEqualTo(Map.of("credit-blue", 100));
        assertThat(endpoint.keyDigests()).hasSize(1);
        RoutingSnapshot.Deployment deployment = endpoint.deployments().get("credit-blue");
        assertThat(deployment.scoringPath()).isEqualTo("/score");
        assertThat(deployment.requestSettings().maxConcurrentRequestsPerInstance()).isEqualTo(9);
        assertThat(deployment.instances()).extracting(Instance::port).containsExactly(40_001);
    }

    @Test
    void listsADeploymentThatNeverServedWithoutInstances() {
        endpoint("credit", "{}");
        deployment("credit", "blue", "Creating");
        deployment("credit", "grey", "Deleting");
        start();

        Map<String, RoutingSnapshot.Deployment> deployments =
                publisher.current().endpoint("credit").orElseThrow().deployments();
        assertThat(deployments).containsOnlyKeys("blue");
        assertThat(deployments.get("blue").instances()).isEmpty();
        assertThat(deployments.get("blue").requestSettings()).isEqualTo(RequestSettings.DEFAULT);
    }

    @Test
    void givesNoDigestsToAnEndpointWithoutKeys() {
        endpoint("credit", "{}", "AADToken");
        start();

        assertThat(publisher.current().endpoint("credit").orElseThrow().keyDigests()).isEmpty();
    }

    @Test
    void publishesWhatChangedBeforeItSaysSo() {
        endpoint("credit", "{}");
        deployment("credit", "blue", "Succeeded");
        start();
        route("credit", "blue", 2);

        publisher.refresh(WORKSPACE.child("onlineEndpoints", "credit")).join();

        assertThat(seen).hasSize(2);
        assertThat(instances("credit", "blue")).hasSize(2);
    }

    @Test
    void publishesNothingWhenNothingChanged() {
        endpoint("credit", "{}");
        start();

        publisher.refresh(WORKSPACE.child("onlineEndpoints", "credit")).join();

        assertThat(seen).hasSize(1);
    }

    @Test
    void forgetsAnEndpointThatIsGoneOrGoing() {
        endpoint("credit", "{}");
        endpoint("other", "{}");
        start();
        ResourceId other = WORKSPACE.child("onlineEndpoints", "other");
        Resource found = store.resources().find(other).orElseThrow();
        store.resources()
                .updateStatus(
                        other, found.version(), Json.object().put("provisioningState", "Deleting"));
        store.resources().delete(WORKSPACE.child("onlineEndpoints", "credit"));

        publisher.refresh(other).join();
        publisher.refresh(WORKSPACE.child("onlineEndpoints", "credit")).join();

        assertThat(publisher.current().endpoints()).isEmpty();
    }

    @Test
    @Logs("A receiver of routing snapshots failed")
    void tellsEverySinkInOrderEvenWhenOneFails() {
        var order = new CopyOnWriteArrayList<String>();
        publisher =
                publisher(
                        List.of(
                                snapshot -> {
                                    order.add("first");
                                    throw new IllegalStateException("no");
                                },
                                snapshot -> order.add("second")),
                        InstantSource.system());
        publisher.start();

        assertThat(order).containsExactly("first", "second");
    }

    @Test
    void versionsGrowAlsoAcrossARestartAndWhileTheClockStands() {
        InstantSource standing = InstantSource.fixed(Instant.ofEpochMilli(1_000));
        endpoint("credit", "{}");
        deployment("credit", "blue", "Succeeded");
        publisher = publisher(List.of(seen::add), standing);
        publisher.start();
        for (int i = 1; i <= 3; i++) {
            route("credit", "blue", i);
            publisher.refresh(WORKSPACE.child("onlineEndpoints", "credit")).join();
        }
        assertThat(seen)
                .extracting(RoutingSnapshot::version)
                .containsExactly(1000L, 1001L, 1002L, 1003L);
        publisher.close();

        publisher = publisher(List.of(seen::add), InstantSource.fixed(Instant.ofEpochMilli(2_000)));
        publisher.start();
        assertThat(seen.getLast().version()).isEqualTo(2000);
    }

    @Test
    void letsNobodyWaitForEverOnceItIsClosed() {
        start();
        publisher.close();

        assertThat(publisher.refresh(WORKSPACE.child("onlineEndpoints", "credit")))
                .isCompletedExceptionally();
    }

    @Test
    void asksTheStoreNothingWhenOnlyInstancesChanged() {
        endpoint("credit", "{}");
        deployment("credit", "blue", "Succeeded");
        start();
        route("credit", "blue", 1);
        store.resources().delete(WORKSPACE.child("onlineEndpoints", "credit"));

        publisher.instancesChanged(WORKSPACE.child("onlineEndpoints", "credit"));

        eventually("the instance is listed", () -> instances("credit", "blue").size() == 1);
    }

    @Test
    @Logs("the store is away")
    void readsAnEndpointAgainAfterTheStoreFailed() {
        endpoint("credit", "{}");
        deployment("credit", "blue", "Succeeded");
        start();
        routes.put(
                key("credit", "blue"),
                new Route(RequestSettings.DEFAULT, List.of(new Instance("i", "h", 1))));
        ResourceId id = WORKSPACE.child("onlineEndpoints", "credit");
        failures.set(1);

        assertThat(publisher.refresh(id)).failsWithin(Duration.ofSeconds(5));

        eventually("it is read again", () -> instances("credit", "blue").size() == 1);
    }

    @Test
    void versionsGrowOverStartsThatFollowEachOtherAtOnce() {
        for (int i = 0; i < 50; i++) {
            start();
            publisher.close();
        }
        start();

        assertThat(seen)
                .hasSize(51)
                .extracting(RoutingSnapshot::version)
                .isSorted()
                .doesNotHaveDuplicates();
    }

    @Test
    void whatTokensAreJudgedByGoesOutWhenItChanges() {
        start();
        assertThat(seen.getFirst().authority()).isEqualTo(authority.get());

        publisher.lookAtAuthority();
        Authority more =
                authority(
                        new TokenKey("two", "ES256", "AA=="), new TokenKey("one", "ES256", "AA=="));
        authority.set(more);
        publisher.lookAtAuthority();

        eventually("the new key is out", () -> publisher.current().authority().equals(more));
        authority.set(new Authority(more.issuers(), Map.of("alice", Set.of(""))));
        publisher.lookAtAuthority();
        eventually(
                "the new role is out",
                () -> publisher.current().authority().mayScore("alice", Set.of(), "/any"));
        assertThat(seen).hasSize(3);
    }

    private static Authority authority(TokenKey... keys) {
        return new Authority(
                List.of(new Issuer("us", true, Set.of("a"), "oid", List.of(keys))), Map.of());
    }

    private void start() {
        publisher = publisher(List.of(seen::add), InstantSource.system());
        publisher.start();
    }

    private SnapshotPublisher publisher(
            List<Consumer<RoutingSnapshot>> sinks, InstantSource clock) {
        return new SnapshotPublisher(
                store, this::routeOf, authority::get, sinks, clock, Duration.ofMillis(2));
    }

    private Optional<Route> routeOf(ResourceId deployment) {
        if (failures.getAndUpdate(left -> Math.max(0, left - 1)) > 0) {
            throw new IllegalStateException("the store is away");
        }
        return Optional.ofNullable(routes.get(deployment.key()));
    }

    private List<Instance> instances(String endpoint, String deployment) {
        return publisher
                .current()
                .endpoint(endpoint)
                .orElseThrow()
                .deployments()
                .get(deployment)
                .instances();
    }

    private void route(String endpoint, String deployment, int count) {
        var instances = new ArrayList<Instance>();
        for (int i = 1; i <= count; i++) {
            instances.add(new Instance(endpoint + deployment + i, "127.0.0.1", 40_000 + i));
        }
        routes.put(
                key(endpoint, deployment),
                new Route(
                        new RequestSettings(9, Duration.ofSeconds(1), Duration.ofSeconds(1)),
                        instances));
    }

    private static String key(String endpoint, String deployment) {
        return WORKSPACE.child("onlineEndpoints", endpoint).child("deployments", deployment).key();
    }

    private void endpoint(String name, String traffic) {
        endpoint(name, traffic, "Key");
    }

    private void endpoint(String name, String traffic, String authMode) {
        ObjectNode spec = Json.object();
        spec.putObject("properties")
                .put("authMode", authMode)
                .set("traffic", Json.STRICT.readTree(traffic));
        ResourceId id = WORKSPACE.child("onlineEndpoints", name);
        store.resources().create(id, spec, Json.object(), "test");
        store.resources().putSecret(id, "primaryKey", "key".getBytes(StandardCharsets.UTF_8));
    }

    private void deployment(String endpoint, String name, String state) {
        store.resources()
                .create(
                        WORKSPACE.child("onlineEndpoints", endpoint).child("deployments", name),
                        Json.object(),
                        Json.object().put("provisioningState", state),
                        "test");
    }
}
