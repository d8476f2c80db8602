package dev.farol.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.spec.ResourceId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogArchiveIT {
    private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir Path home;
    private Instant now = NOW;

    @Test
    void keepsTheNewestInstancesOfADeploymentForAWhile() throws Exception {
        var archive = new LogArchive(home.resolve("kept"), Duration.ofHours(24), 2, () -> now);
        for (int i = 1; i <= 3; i++) {
            now = NOW.plusSeconds(i);
            archive.take("i" + i, Bench.DEPLOYMENT, logs("says " + i));
        }
        assertThat(archive.newest(Bench.DEPLOYMENT).orElseThrow().tail(1))
                .containsExactly("says 3");
        assertThat(archive.ofInstance("i1")).isEmpty();
        assertThat(archive.ofInstance("i2")).isPresent();

        ResourceId green = Bench.DEPLOYMENT.parent().orElseThrow().child("deployments", "green");
        now = NOW.plus(Duration.ofHours(25));
        archive.take("g1", green, logs("green"));
        assertThat(archive.newest(Bench.DEPLOYMENT)).isEmpty();
        assertThat(archive.newest(green)).isPresent();
        assertThat(archive.newest(green.parent().orElseThrow())).isEmpty();
    }

    private Path logs(String line) throws Exception {
        Path folder = Files.createTempDirectory(home, "logs");
        Files.writeString(folder.resolve("console.log"), line + "\n");
        return folder;
    }
}
