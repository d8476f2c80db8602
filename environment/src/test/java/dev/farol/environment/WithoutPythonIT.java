package dev.farol.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.kit.Trees;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A machine that has less than others: no Python, no uv, no index. */
class WithoutPythonIT {
    private Path home;
    private final List<String> told = new ArrayList<>();

    @BeforeEach
    void open() throws IOException {
        home = Files.createTempDirectory("farol-without-").toRealPath();
    }

    @AfterEach
    void close() throws IOException {
        Trees.delete(home);
    }

    private Host host(Map<String, String> changes, Artifacts artifacts) {
        Host host = RealUv.host(home, changes);
        return new Host(host.variables(), home, host.platform(), artifacts);
    }

    @Test
    void takesTheInterpreterThatMavenRepositoriesCarry() throws Exception {
        Artifacts maven = RealUv.maven(home.resolve("fetched"));
        EnvironmentConfig nothing = RealUv.with(null, false, List.of());
        try (Environments environments =
                Environments.local(nothing, home, host(Map.of("PATH", ""), maven))) {
            Lock lock =
                    environments.resolve(
                            new Definition("dependencies: [python=3.13, six]", "conda.yaml"),
                            told::add);
            assertThat(lock.pythonVersion()).isEqualTo("3.13.5");
            assertThat(lock.pythonPath()).startsWith(home.toString());
            assertThat(told).contains("no Python on this machine: fetching 3.13.5");
            assertThat(told).anyMatch(line -> line.startsWith("installing uv"));
            PythonEnvironment environment = environments.build(lock, told::add);
            Process process =
                    new ProcessBuilder(
                                    environment.python().toString(),
                                    "-c",
                                    "import six, ctypes, ssl, sqlite3; print(six.__version__)")
                            .redirectErrorStream(true)
                            .start();
            assertThat(new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .startsWith("1.");
        }
    }

    @Test
    void saysWhatToDoWhereThereIsNoPythonAndNoneCanBeFetched() throws Exception {
        Artifacts broken =
                coordinates -> {
                    throw new IOException("no network for " + coordinates);
                };
        EnvironmentConfig nothing = RealUv.with(null, false, List.of());
        try (Environments environments =
                Environments.local(nothing, home, host(Map.of("PATH", ""), broken))) {
            assertThatThrownBy(() -> environments.resolve(new Definition(null, "image"), told::add))
                    .hasMessageContaining("There is no Python from 3.8 on this machine")
                    .hasMessageContaining("no network for org.bytedeco:cpython")
                    .hasMessageContaining("environment.interpreters");
        }
    }

    @Test
    void saysWhatToDoWhereUvCannotBeInstalled() throws Exception {
        Path python = interpreterWithPip();
        EnvironmentConfig config = RealUv.with(null, false, List.of(python));
        Map<String, String> unreachable =
                Map.of(
                        "PATH", "/usr/bin:/bin",
                        "PIP_INDEX_URL", "http://127.0.0.1:9/simple",
                        "PIP_RETRIES", "0",
                        "PIP_CONFIG_FILE", "/dev/null");
        try (Environments environments =
                Environments.local(config, home, host(unreachable, null))) {
            assertThatThrownBy(
                            () ->
                                    environments.resolve(
                                            new Definition("dependencies: [six]", "conda.yaml"),
                                            told::add))
                    .hasMessageContaining("uv, which builds Python environments")
                    .hasMessageContaining("PIP_INDEX_URL")
                    .hasMessageContaining("environment.uv");
        }
        assertThat(home.resolve("tools")).isDirectoryNotContaining("glob:**/.uv-*");
    }

    @Test
    void saysThatTheIndexDoesNotAnswer() throws Exception {
        Map<String, String> unreachable =
                Map.of(
                        "PIP_INDEX_URL", "http://127.0.0.1:9/simple",
                        "UV_HTTP_RETRIES", "0",
                        "PIP_CONFIG_FILE", "/dev/null");
        try (Environments environments =
                Environments.local(RealUv.config(), home, host(unreachable, null))) {
            assertThatThrownBy(
                            () ->
                                    environments.resolve(
                                            new Definition("dependencies: [six]", "conda.yaml"),
                                            told::add))
                    .hasMessageStartingWith("The package index does not answer: ")
                    .hasMessageContaining("PIP_INDEX_URL");
        }
    }

    /** One on this machine that can install: uv comes with its pip. */
    private Path interpreterWithPip() throws Exception {
        try (Environments environments =
                Environments.local(
                        RealUv.with(null, true, List.of()), home, RealUv.host(home, Map.of()))) {
            return Path.of(
                    environments.resolve(new Definition(null, "image"), told::add).pythonPath());
        }
    }
}
