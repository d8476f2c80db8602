package dev.farol.control.snapshot;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.snapshot.ServingRoutes.Route;
import dev.farol.kit.Json;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.spec.RoutingSnapshot.Instance;
import dev.farol.store.Store;
import dev.farol.store.Stores;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.node.ObjectNode;

/** Prints what many endpoints cost; asserts that they are right, and nothing of time. */
class SnapshotCostIT {
    private static final ResourceId WORKSPACE = ResourceId.workspace("s", "g", "w");
    private static final int ENDPOINTS = 2000;
    private static final int BURST = 500;
    private static final int SINGLE = 50;
    private static final List<String> NAMES = List.of("blue", "green", "grey");

    private final Map<String, Route> routes = new ConcurrentHashMap<>();
    private final List<RoutingSnapshot> seen = new CopyOnWriteArrayList<>();

    @TempDir Path home;

    @Test
    void keepsUpWithManyEndpoints() {
        try (Store store = Stores.sqlite(home.resolve("farol.db"))) {
            fill(store);
            try (SnapshotPublisher publisher = publisher(store)) {
                long begin = System.nanoTime();
                publisher.start();
                long started = System.nanoTime();
                burst(publisher);
                long burst = System.nanoTime();
                int published = seen.size() - 1;
                for (int i = 0; i < SINGLE; i++) {
                    routes.put(id(i, "green").key(), route(3));
                    publisher.refresh(id(i)).join();
                }
                long single = System.nanoTime();

                assertThat(publisher.current().endpoints()).hasSize(ENDPOINTS);
                assertThat(instances(publisher, BURST - 1)).hasSize(2);
                assertThat(instances(publisher, SINGLE - 1)).hasSize(3);
                System.out.printf(
                        "%d endpoints x 3 deployments in SQLite: start %d ms; %d changes at once"
                                + " %d ms in %d snapshots; one after the other %.1f ms each%n",
                        ENDPOINTS,
                        Duration.ofNanos(started - begin).toMillis(),
                        BURST,
                        Duration.ofNanos(burst - started).toMillis(),
                        published,
                        (single - burst) / 1e6 / SINGLE);
            }
        }
    }

    private SnapshotPublisher publisher(Store store) {
        return new SnapshotPublisher(
                store,
                id -> Optional.ofNullable(routes.get(id.key())),
                () -> dev.farol.spec.RoutingSnapshot.Authority.NONE,
                List.of(seen::add),
                InstantSource.system(),
                Duration.ofMillis(2));
    }

    private void burst(SnapshotPublisher publisher) {
        var waiting = new ArrayList<CompletableFuture<Void>>();
        for (int i = 0; i < BURST; i++) {
            routes.put(id(i, "green").key(), route(2));
            waiting.add(publisher.refresh(id(i)));
        }
        waiting.forEach(CompletableFuture::join);
    }

    private static List<Instance> instances(SnapshotPublisher publisher, int number) {
        return publisher
                .current()
                .endpoint("e" + number)
                .orElseThrow()
                .deployments()
                .get("green")
                .instances();
    }

    private void fill(Store store) {
        store.transact(
                tx -> {
                    for (int i = 0; i < ENDPOINTS; i++) {
                        ObjectNode spec = Json.object();
                        spec.putObject("properties").put("authMode", "Key");
                        tx.resources().create(id(i), spec, Json.object(), "test");
                        byte[] key = ("key" + i).getBytes(StandardCharsets.UTF_8);
                        tx.resources().putSecret(id(i), "primaryKey", key);
                        for (String name : NAMES) {
                            ObjectNode empty = Json.object();
                            tx.resources().create(id(i, name), empty, Json.object(), "test");
                            routes.put(id(i, name).key(), route(1));
                        }
                    }
                    return ENDPOINTS;
                });
    }

    private static ResourceId id(int number) {
        return WORKSPACE.child("onlineEndpoints", "e" + number);
    }

    private static ResourceId id(int number, String deployment) {
        return id(number).child("deployments", deployment);
    }

    private static Route route(int count) {
        var instances = new ArrayList<Instance>();
        for (int i = 1; i <= count; i++) {
            instances.add(new Instance("i" + i, "127.0.0.1", 40_000 + i));
        }
        return new Route(RequestSettings.DEFAULT, instances);
    }
}
