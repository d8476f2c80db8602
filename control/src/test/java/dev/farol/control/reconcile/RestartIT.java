package dev.farol.control.reconcile;

import static dev.farol.control.reconcile.House.behaviour;
import static dev.farol.control.reconcile.House.capacity;
import static dev.farol.control.reconcile.House.deployment;
import static dev.farol.control.reconcile.House.variable;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.Operation.Status;
import dev.farol.store.Resource;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** New instances of a deployment whose document stays. */
class RestartIT {
    private static final ResourceId BLUE = deployment("credit", "blue");

    @TempDir Path home;
    @AutoClose private House house;

    @BeforeEach
    void start() {
        house = House.withEndpoint(home);
    }

    @Test
    void theOldOnesServeUntilAsManyNewOnesDo() {
        String creation = house.putDeployment("credit", "blue", capacity(2), behaviour("hang"));
        eventually("they start", () -> house.running().size() == 2);
        house.backend.release();
        house.await(creation);
        List<String> old = house.routed("credit", "blue");
        Resource before = stored();

        String restart = house.restartDeployment("credit", "blue");

        eventually("new ones start", () -> house.running().size() == 4);
        assertThat(house.routed("credit", "blue")).isEqualTo(old);
        house.backend.release();
        assertThat(house.await(restart).status()).isEqualTo(Status.SUCCEEDED);
        List<String> fresh = house.routed("credit", "blue");
        assertThat(fresh).hasSize(2).doesNotContainAnyElementsOf(old);
        eventually("the old ones go", () -> house.running().equals(fresh));
        Resource after = stored();
        assertThat(after.spec()).isEqualTo(before.spec());
        assertThat(after.generation()).isEqualTo(before.generation());
        assertThat(after.modifiedAt()).isEqualTo(before.modifiedAt());
        assertThat(house.state(BLUE)).isEqualTo(ProvisioningState.SUCCEEDED);
        assertThat(house.environments.resolved).as("made once").hasValue(1);
    }

    @Test
    void anOldOneLeavesWhenNoSnapshotListsItAndItsRequestsAreDone() {
        house.await(house.putDeployment("credit", "blue"));
        String old = house.running().getFirst();
        house.inFlight.put(old, 1);
        var listed = new CopyOnWriteArrayList<String>();
        house.backend.beforeRemove =
                id -> {
                    if (house.routed("credit", "blue").contains(id)
                            || house.inFlight.getOrDefault(id, 0) > 0) {
                        listed.add(id);
                    }
                };

        house.await(house.restartDeployment("credit", "blue"));

        assertThat(house.running()).contains(old).hasSize(2);
        house.inFlight.remove(old);
        eventually("it goes", () -> !house.running().contains(old));
        assertThat(listed).isEmpty();
    }

    @Test
    void thatFailsLeavesTheOldOnesServingAndIsOver() {
        house.await(house.putDeployment("credit", "blue", capacity(2)));
        List<String> old = house.routed("credit", "blue");
        house.backend.failing = true;

        Operation failed = house.await(house.restartDeployment("credit", "blue"));

        assertThat(failed.status()).isEqualTo(Status.FAILED);
        assertThat(failed.error().path("code").asString()).isEqualTo("UserScriptInitFailed");
        assertThat(house.status(BLUE).json().path("verdict").path("exception").asString())
                .isEqualTo("ValueError: boom");
        assertThat(house.condition(BLUE, "Ready")).isEqualTo("True PreviousServes");
        eventually("the new ones go", () -> house.running().equals(old));
        assertThat(house.routed("credit", "blue")).isEqualTo(old);

        // The same document again finds what it wants: it is not another try.
        Operation same = house.await(house.putDeployment("credit", "blue", capacity(2)));
        assertThat(same.status()).isEqualTo(Status.SUCCEEDED);
        assertThat(house.running()).isEqualTo(old);
        assertThat(house.status(BLUE).json().has("verdict")).isFalse();

        house.backend.failing = false;
        assertThat(house.await(house.restartDeployment("credit", "blue")).status())
                .isEqualTo(Status.SUCCEEDED);
        assertThat(house.routed("credit", "blue")).hasSize(2).doesNotContainAnyElementsOf(old);
    }

    @Test
    void triesTheNewestDocumentOfOneThatFailed() {
        house.backend.failing = true;
        assertThat(house.await(house.putDeployment("credit", "blue", variable("A", "1"))).status())
                .isEqualTo(Status.FAILED);
        house.backend.failing = false;

        assertThat(house.await(house.restartDeployment("credit", "blue")).status())
                .isEqualTo(Status.SUCCEEDED);

        assertThat(house.routed("credit", "blue")).hasSize(1);
        house.backend.failing = true;
        house.await(house.putDeployment("credit", "blue", variable("A", "2")));
        house.backend.failing = false;
        house.await(house.restartDeployment("credit", "blue"));
        String serving = house.routed("credit", "blue").getFirst();
        assertThat(house.backend.specs.get(serving).environmentVariables()).containsEntry("A", "2");
    }

    @Test
    void isNeitherRepeatedNorUndoneByTheSameDocument() {
        house.await(house.putDeployment("credit", "blue"));
        List<String> old = house.running();
        house.await(house.restartDeployment("credit", "blue"));
        List<String> fresh = house.routed("credit", "blue");
        assertThat(fresh).hasSize(1).doesNotContainAnyElementsOf(old);
        eventually("the old one goes", () -> house.running().equals(fresh));

        house.await(house.putDeployment("credit", "blue"));
        assertThat(house.running()).isEqualTo(fresh);

        house.await(house.putDeployment("credit", "blue", capacity(2)));
        assertThat(house.running()).as("scaling adds to them").hasSize(2).containsAll(fresh);
        house.await(house.putDeployment("credit", "blue", variable("A", "2")));
        house.await(house.putDeployment("credit", "blue"));
        assertThat(house.routed("credit", "blue")).hasSize(1);
    }

    @Test
    void goesOnAfterFarolWasGone() {
        house.await(house.putDeployment("credit", "blue", capacity(0), behaviour("hang")));
        String up = house.putDeployment("credit", "blue", capacity(1), behaviour("hang"));
        eventually("it starts", () -> house.running().size() == 1);
        house.backend.release();
        house.await(up);
        List<String> old = house.running();
        String restart = house.restartDeployment("credit", "blue");
        eventually("a new one starts", () -> house.running().size() == 2);

        // Its instances outlive it: both of them are known again.
        List<String> both = house.running();
        house.loop.close();
        house.start();
        eventually("the old one serves", () -> house.routed("credit", "blue").equals(old));
        assertThat(house.running()).isEqualTo(both);

        house.backend.release();
        assertThat(house.await(restart).status()).isEqualTo(Status.SUCCEEDED);
        List<String> fresh = house.routed("credit", "blue");
        assertThat(fresh).hasSize(1).doesNotContainAnyElementsOf(old);
        eventually("the old one goes", () -> house.running().equals(fresh));

        house.loop.close();
        house.start();
        eventually("it serves", () -> house.routed("credit", "blue").equals(fresh));
        assertThat(house.running()).as("nothing is begun again").isEqualTo(fresh);
        assertThat(house.state(BLUE)).isEqualTo(ProvisioningState.SUCCEEDED);
    }

    private Resource stored() {
        return house.store.resources().find(BLUE).orElseThrow();
    }
}
