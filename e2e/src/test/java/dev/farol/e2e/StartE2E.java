package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a machine that is not as it should be makes of {@code ./farol up}: one clear line. */
class StartE2E {
    @Test
    void aHomeThatIsAFileIsToldInOneLine() throws Exception {
        try (var farol = new Farol()) {
            Path file = Files.createFile(farol.home().resolve("file"));
            for (Path home : List.of(file, file.resolve("below"))) {
                var refused = farol.run("up", "--port", "0", "--home", home.toString());
                assertThat(refused.exit()).isEqualTo(1);
                assertThat(refused.err())
                        .endsWith("ERROR: " + file + ": is not a folder\n")
                        .doesNotContain("\tat ");
            }
        }
    }

    @Test
    void whatIsNoPortIsTold() throws Exception {
        try (var farol = new Farol()) {
            var refused = farol.run("up", "--port", "99999");
            assertThat(refused.exit()).isNotZero();
            assertThat(refused.err())
                    .contains("99999")
                    .contains("expected: 0 to 65535")
                    .doesNotContain("\tat ");
            assertThat(farol.server()).isNull();
        }
    }

    @Test
    void aMistakeInTheSettingsIsToldWithItsLineAndTheNearestKey() throws Exception {
        try (var farol = new Farol()) {
            Path settings = farol.home().resolve("farol.yaml");
            Files.writeString(settings, "backend:\n  keep-log: 1h\n");
            var refused = farol.run("up", "--detach", "--port", "0");
            assertThat(refused.exit()).isNotZero();
            assertThat(refused.err())
                    .contains("farol.yaml:2")
                    .contains("backend.keep-log ")
                    .contains("did you mean 'keep-logs'?");
        }
    }

    @Test
    void aSecondUpSaysWhoRuns() throws Exception {
        try (var farol = new Farol()) {
            long pid = farol.up().get("pid").asLong();
            var second = farol.run("up", "--port", "0");
            assertThat(second.exit()).isEqualTo(3);
            assertThat(second.err()).contains("pid " + pid).contains("farol down");
            assertThat(farol.up().get("pid").asLong())
                    .as("detached, it is what is asked")
                    .isEqualTo(pid);
        }
    }

    @Test
    void theAddressesStayTheSameOverARestartUnlessSomebodyElseHasThem() throws Exception {
        try (var farol = new Farol()) {
            var first = farol.up();
            farol.run("down").ok();
            var second = farol.up();
            assertThat(second.get("gateway")).isEqualTo(first.get("gateway"));
            assertThat(second.get("arm")).isEqualTo(first.get("arm"));
            farol.run("down").ok();
            int port = URI.create(first.get("gateway").asString()).getPort();
            try (var taken = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                assertThat(taken.isBound()).isTrue();
                var third = farol.run("up", "--detach", "--port", "0", "-o", "json").ok();
                assertThat(third.json().get("gateway")).isNotEqualTo(first.get("gateway"));
                assertThat(third.err()).contains("Port " + port + " is taken");
            }
        }
    }

    @Test
    void nothingIsLeftBehindWhenItIsStopped() throws Exception {
        try (var farol = new Farol()) {
            Path temporary = Files.createDirectory(farol.home().resolve("temporary"));
            farol.environment().put("TMPDIR", temporary.toString());
            farol.up();
            var project = new Project(farol);
            farol.run("online-endpoint", "create", "-f", project.path("endpoint.yml")).ok();
            farol.run("online-deployment", "create", "-f", project.path("blue-deployment.yml"))
                    .ok();
            farol.run("down").ok();
            assertThat(farol.processes()).isEmpty();
            try (var left = Files.list(temporary)) {
                assertThat(left).isEmpty();
            }
            try (var left = Files.list(farol.home().resolve("run"))) {
                assertThat(left.map(file -> file.getFileName().toString()))
                        .as("no socket and no address of what does not run")
                        .containsOnly("lock", "ports.json");
            }
        }
    }
}
