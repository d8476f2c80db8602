package dev.farol.gateway;

import static dev.farol.gateway.Snapshots.GENEROUS;
import static dev.farol.gateway.Snapshots.deployment;
import static dev.farol.gateway.Snapshots.endpoint;
import static dev.farol.gateway.Snapshots.instance;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.testing.Logs;
import dev.farol.spec.AuthMode;
import dev.farol.spec.EndpointSettings;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.spec.RoutingSnapshot.Authority;
import dev.farol.spec.RoutingSnapshot.Endpoint;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class SnapshotHolderTest {
    private final Loads loads = new Loads(new GatewayMetrics(new PrometheusRegistry()));
    private final SnapshotHolder holder = new SnapshotHolder(loads, InstantSource.system());
    private final Endpoint good =
            endpoint(
                    Map.of("blue", 100),
                    Map.of(),
                    deployment("blue", GENEROUS, instance("b-0", 1)));

    @Test
    void takesWhatIsNewerAndRefusesWhatIsNot() {
        assertThat(holder.offer(Snapshots.of(5, good))).isTrue();
        assertThat(holder.offer(Snapshots.of(5, good))).isFalse();
        assertThat(holder.offer(Snapshots.of(4, good))).isFalse();
        assertThat(holder.current().version()).isEqualTo(5);
        assertThat(holder.offer(new RoutingSnapshot(6, Map.of(), Authority.NONE))).isTrue();
        assertThat(holder.current().named("shop")).isNull();
    }

    @Test
    @Logs("Snapshot 2 is refused, 1 stays")
    void keepsTheLastGoodOne() {
        holder.offer(Snapshots.of(1, good));
        var slow = new RequestSettings(0, Duration.ofMillis(500), Duration.ZERO);
        for (Endpoint bad :
                List.of(
                        endpoint(Map.of("blue", 99), Map.of(), deployment("blue", GENEROUS)),
                        endpoint(Map.of("green", 100), Map.of(), deployment("blue", GENEROUS)),
                        endpoint(
                                Map.of("blue", 100),
                                Map.of("blue", 51),
                                deployment("blue", GENEROUS)),
                        endpoint(Map.of(), Map.of("green", 10), deployment("blue", GENEROUS)),
                        endpoint(Map.of(), Map.of(), deployment("blue", slow)),
                        endpoint(
                                Map.of(), Map.of(), deployment("blue", GENEROUS, instance("x", 0))),
                        new Endpoint(
                                "other",
                                Snapshots.SCOPE,
                                "local",
                                AuthMode.AML_TOKEN,
                                List.of(),
                                Map.of(),
                                Map.of(),
                                EndpointSettings.DEFAULT,
                                Map.of()),
                        new Endpoint(
                                "shop",
                                Snapshots.SCOPE,
                                "local",
                                AuthMode.KEY,
                                List.of(),
                                Map.of(),
                                Map.of(),
                                EndpointSettings.DEFAULT,
                                Map.of()))) {
            assertThat(holder.offer(Snapshots.of(2, bad))).as("%s", bad).isFalse();
        }
        assertThat(holder.current().version()).isEqualTo(1);
    }

    @Test
    void loadsOutliveSnapshots() {
        holder.offer(Snapshots.of(1, good));
        var instance =
                holder.current().named("shop").deployments().get("blue").instances().getFirst();
        instance.load().set(7);
        holder.offer(Snapshots.of(2, good));
        var same = holder.current().named("shop").deployments().get("blue").instances().getFirst();
        assertThat(same.load().get()).isEqualTo(7);
        offer(new RoutingSnapshot(3, Map.of(), Authority.NONE));
        assertThat(loads.inFlight("b-0")).isEqualTo(7);
        offer(Snapshots.of(4, good));
        instance.load().set(0);
        offer(new RoutingSnapshot(5, Map.of("shop", aside()), Authority.NONE));
        assertThat(loads.instance("b-0")).as("a new counter").isNotSameAs(instance.health());
    }

    private Endpoint aside() {
        return endpoint(
                Map.of("blue", 100), Map.of(), deployment("blue", GENEROUS, instance("b-1", 2)));
    }

    private void offer(RoutingSnapshot snapshot) {
        assertThat(holder.offer(snapshot)).isTrue();
        loads.changed(holder.current().came(), holder.current().left());
    }

    private static Endpoint named(String name, Endpoint endpoint) {
        return new Endpoint(
                name,
                endpoint.scope(),
                endpoint.region(),
                endpoint.authMode(),
                endpoint.keyDigests(),
                endpoint.traffic(),
                endpoint.mirror(),
                endpoint.settings(),
                endpoint.deployments());
    }

    private static RoutingSnapshot two(long version, Endpoint shop, Endpoint other) {
        return new RoutingSnapshot(
                version, Map.of("shop", shop, "other", named("other", other)), Authority.NONE);
    }

    @Test
    void onlyWhatChangedIsMadeAgain() {
        offer(two(1, good, good));
        RoutedEndpoint other = holder.current().named("other");
        offer(two(2, aside(), good));
        assertThat(holder.current().named("other")).isSameAs(other);
        assertThat(holder.current().hosted("other.local")).isSameAs(other);
        assertThat(holder.current().hosted("shop.local"))
                .isSameAs(holder.current().named("shop"))
                .extracting(shop -> shop.deployments().get("blue").instances().getFirst().id())
                .isEqualTo("b-1");
        offer(Snapshots.of(3, aside()));
        assertThat(holder.current().named("other")).isNull();
        assertThat(holder.current().hosted("other.local")).isNull();
    }

    @Test
    void aCounterStaysWhileAnyEndpointHasIt() {
        offer(two(1, good, good));
        InstanceHealth health = loads.instance("b-0");
        offer(two(2, aside(), good));
        assertThat(loads.instance("b-0")).as("other has it still").isSameAs(health);
        offer(two(3, aside(), aside()));
        assertThat(loads.instance("b-0")).isNotSameAs(health);
    }
}
