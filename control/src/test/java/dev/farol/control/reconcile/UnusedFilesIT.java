package dev.farol.control.reconcile;

import static dev.farol.control.reconcile.House.behaviour;
import static dev.farol.control.reconcile.House.deployment;
import static dev.farol.control.reconcile.House.environmentVersion;
import static dev.farol.control.reconcile.House.field;
import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.store.Operation.Status;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnusedFilesIT {
    @TempDir Path home;
    @AutoClose private House house;

    private void start(Duration keep) {
        house = House.withEndpoint(home, House.cleaning(keep));
    }

    @Test
    void removesWhatNoDeploymentRefersToAndLeavesTheRest() {
        start(Duration.ZERO);
        house.code("2", "https://127.0.0.1:8443/farolstore.blob.core.windows.net/snap/code");
        house.await(house.putDeployment("credit", "blue"));
        house.await(
                house.putDeployment(
                        "credit",
                        "green",
                        field("model", House.id("models", "m", "2")),
                        environmentVersion("2"),
                        (spec, properties) ->
                                properties
                                        .putObject("codeConfiguration")
                                        .put("codeId", House.id("codes", "c", "2"))
                                        .put("scoringScript", "score.py")));
        house.awaitLooks(2);
        assertThat(models()).hasSize(2);
        assertThat(codes()).hasSize(2);
        assertThat(house.environments.present).hasSize(2);

        house.await(house.delete(deployment("credit", "green")));

        eventually("the model goes", () -> models().size() == 1);
        eventually("the code goes", () -> codes().size() == 1);
        eventually("the environment goes", () -> house.environments.present.size() == 1);
        var blue = house.backend.specs.get(house.running().getFirst());
        assertThat(blue.modelDir().resolve("model/weights.bin")).isRegularFile();
        assertThat(codes().getFirst().resolve("score.py")).isRegularFile();

        house.await(house.delete(deployment("credit", "blue")));

        eventually("all is gone", () -> models().isEmpty() && codes().isEmpty());
        house.await(house.putDeployment("credit", "blue"));
        assertThat(models()).as("made again from the store").hasSize(1);
    }

    @Test
    void keepsWhatServesAndWhatTheFailedChangeIsReproducedWith() {
        start(Duration.ZERO);
        house.await(house.putDeployment("credit", "blue"));
        var failed =
                house.await(
                        house.putDeployment(
                                "credit",
                                "blue",
                                behaviour("fail"),
                                field("model", House.id("models", "m", "2")),
                                environmentVersion("2")));
        assertThat(failed.status()).isEqualTo(Status.FAILED);

        house.awaitLooks(3);

        assertThat(models()).hasSize(2);
        assertThat(house.environments.present).hasSize(2);
    }

    @Test
    void keepsForAWhileWhatWasJustUsed() {
        start(Duration.ofHours(1));
        house.await(house.putDeployment("credit", "blue"));
        house.await(house.delete(deployment("credit", "blue")));

        house.awaitLooks(3);

        assertThat(models()).hasSize(1);
        assertThat(codes()).hasSize(1);
    }

    @Test
    void aRemovalThatACrashCutShortIsFinishedAtTheNextStart() throws IOException {
        start(Duration.ofHours(1));
        house.await(house.putDeployment("credit", "blue"));
        house.stop();
        Path half = home.resolve("assets/models/.making-7");
        Files.createDirectories(half.resolve("gone"));
        Files.writeString(half.resolve("gone/weights.bin"), "weights");
        house.backend = new FakeBackend();

        house.start();

        assertThat(half).doesNotExist();
        assertThat(models()).hasSize(1);
    }

    private List<Path> models() {
        return Folders.children(home.resolve("assets/models"));
    }

    private List<Path> codes() {
        return Folders.children(home.resolve("assets/codes"));
    }
}
