package dev.farol.control.reconcile;

import static dev.farol.control.reconcile.House.deployment;
import static dev.farol.control.reconcile.House.endpoint;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.model.Digests;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.store.Operation;
import dev.farol.store.Operation.Status;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EndpointIT {
    @TempDir Path home;
    @AutoClose House house;

    @BeforeEach
    void start() {
        house = new House(home).start();
    }

    @Test
    void isKnownToGatewaysWhenItsCreationSucceeds() {
        Operation created = house.await(house.putEndpoint("Credit", Map.of()));

        assertThat(created.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(house.state(endpoint("credit"))).isEqualTo(ProvisioningState.SUCCEEDED);
        RoutingSnapshot.Endpoint published = house.loop.snapshot().endpoint("credit").orElseThrow();
        assertThat(published.name()).isEqualTo("Credit");
        assertThat(published.keyDigests()).hasSize(2);
        assertThat(published.keyDigests().getFirst().matches(Digests.sha256(House.bytes("first"))))
                .isTrue();
    }

    @Test
    void publishesTrafficBeforeItsUpdateSucceeds() {
        house.await(house.putEndpoint("credit", Map.of()));
        house.await(house.putDeployment("credit", "blue"));

        house.await(house.putEndpoint("credit", Map.of("Blue", 100, "green", 0)));

        assertThat(house.loop.snapshot().endpoint("credit").orElseThrow().traffic())
                .isEqualTo(Map.of("blue", 100));
    }

    @Test
    void followsRegeneratedKeys() {
        house.await(house.putEndpoint("credit", Map.of()));

        house.store.resources().putSecret(endpoint("credit"), "primaryKey", House.bytes("new"));
        house.loop.nudge().changed(endpoint("credit"));

        eventually(
                "the new key is published",
                () ->
                        house.loop.snapshot().endpoint("credit").orElseThrow().keyDigests().stream()
                                .anyMatch(key -> key.matches(Digests.sha256(House.bytes("new")))));
    }

    @Test
    void takesItsDeploymentsAlong() {
        house.await(house.putEndpoint("credit", Map.of()));
        house.await(house.putDeployment("credit", "blue"));
        String hanging = house.putDeployment("credit", "green", House.behaviour("hang"));
        eventually("green starts", () -> house.running().size() == 2);

        Operation deleted = house.await(house.delete(endpoint("credit")));

        assertThat(deleted.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(house.await(hanging).status()).isEqualTo(Status.CANCELED);
        assertThat(house.store.resources().find(deployment("credit", "blue"))).isEmpty();
        assertThat(house.store.resources().find(endpoint("credit"))).isEmpty();
        assertThat(house.running()).isEmpty();
        assertThat(house.loop.snapshot().endpoint("credit")).isEmpty();
    }

    @Test
    void isUnlistedAsSoonAsItsDeletionIsAskedFor() {
        house.await(house.putEndpoint("credit", Map.of()));
        house.await(house.putDeployment("credit", "blue"));
        house.backend.beforeRemove =
                id ->
                        assertThat(house.loop.snapshot().endpoint("credit"))
                                .as("endpoint while %s is removed", id)
                                .isEmpty();

        assertThat(house.await(house.delete(endpoint("credit"))).status())
                .isEqualTo(Status.SUCCEEDED);
    }

    @Test
    void canBeCreatedAgainAfterItsDeletion() {
        house.await(house.putEndpoint("credit", Map.of()));
        house.await(house.putDeployment("credit", "blue"));
        house.await(house.delete(endpoint("credit")));

        house.await(house.putEndpoint("credit", Map.of()));
        assertThat(house.await(house.putDeployment("credit", "blue")).status())
                .isEqualTo(Status.SUCCEEDED);
        assertThat(house.routed("credit", "blue")).hasSize(1);
    }
}
