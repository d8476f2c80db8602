package dev.farol.environment.local;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.environment.Definition;
import dev.farol.environment.Environments;
import dev.farol.environment.Lock;
import dev.farol.environment.PythonEnvironment;
import dev.farol.environment.RealUv;
import dev.farol.kit.Json;
import dev.farol.kit.Trees;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Builds that are cut off. */
class KilledIT {
    private static final String SLOW = "dependencies: [python>=3.8, numpy, six]";

    private Path home;

    @BeforeEach
    void open() throws IOException {
        home = Files.createTempDirectory("farol-killed-").toRealPath();
    }

    @AfterEach
    void close() throws IOException {
        Trees.delete(home);
    }

    private Environments environments() throws IOException {
        return Environments.local(RealUv.config(), home, RealUv.host(home, Map.of()));
    }

    @ParameterizedTest
    @ValueSource(strings = {"installing", "downloading", "installed", "importing"})
    void killedAtAnyStepNothingHalfDoneIsUsed(String step) throws Exception {
        Lock lock;
        try (Environments environments = environments()) {
            lock = environments.resolve(new Definition(SLOW, "conda.yaml"), line -> {});
        }
        Path file = home.resolve("lock.json");
        Files.writeString(file, Json.STRICT.writeValueAsString(lock));
        Process builder =
                new ProcessBuilder(
                                List.of(
                                        Path.of(System.getProperty("java.home"), "bin/java")
                                                .toString(),
                                        "-XX:+UseSerialGC",
                                        "-cp",
                                        System.getProperty("java.class.path"),
                                        BuildUntilKilled.class.getName(),
                                        home.toString(),
                                        file.toString()))
                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                        .start();
        try (var output =
                new BufferedReader(
                        new InputStreamReader(builder.getInputStream(), StandardCharsets.UTF_8))) {
            String line = output.readLine();
            while (line != null && !line.startsWith(step)) {
                line = output.readLine();
            }
            assertThat(line).as("the build came to this step").isNotNull();
            builder.destroyForcibly().waitFor();
        }
        Path folder = home.resolve("envs").resolve(lock.key());
        assertThat(folder).isDirectory();
        assertThat(new Place(home.resolve("envs"), lock.key()).isComplete()).isFalse();
        eventually("nothing works in the folder any more", () -> !isWorkedIn(home));

        try (Environments environments = environments()) {
            PythonEnvironment environment = environments.build(lock, line -> {});
            Process check =
                    new ProcessBuilder(environment.python().toString(), "-c", "import numpy, six")
                            .start();
            assertThat(check.waitFor()).isZero();
        }
    }

    private static boolean isWorkedIn(Path home) {
        return ProcessHandle.allProcesses()
                .anyMatch(
                        process ->
                                process.info().commandLine().orElse("").contains(home.toString()));
    }

    @Test
    void closingEndsWhatRuns() throws Exception {
        var running = new CountDownLatch(1);
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Environments environments = environments();
            Lock lock = environments.resolve(new Definition(SLOW, "conda.yaml"), line -> {});
            CompletableFuture<PythonEnvironment> build =
                    CompletableFuture.supplyAsync(
                            () ->
                                    environments.build(
                                            lock,
                                            line -> {
                                                if (line.startsWith("installing")) {
                                                    running.countDown();
                                                }
                                            }),
                            pool);
            running.await();
            environments.close();
            assertThatThrownBy(build::join)
                    .isInstanceOf(CompletionException.class)
                    .cause()
                    .isInstanceOfSatisfying(
                            FarolException.class,
                            failure ->
                                    assertThat(failure.code())
                                            .isIn(ErrorCode.INTERRUPTED, ErrorCode.CANCELED));
            eventually("no process is left", () -> !isWorkedIn(home));
        }
    }

    @Test
    void twoProcessesBuildOneEnvironmentOnce() throws Exception {
        try (Environments one = environments();
                var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            Lock lock = one.resolve(new Definition(SLOW, "conda.yaml"), line -> {});
            Path file = home.resolve("lock.json");
            Files.writeString(file, Json.STRICT.writeValueAsString(lock));
            List<CompletableFuture<String>> others = List.of(run(pool, file), run(pool, file));
            one.build(lock, line -> {});
            long ready =
                    others.stream()
                            .map(CompletableFuture::join)
                            .filter(text -> text.contains("environment ready"))
                            .count();
            assertThat(ready).isLessThanOrEqualTo(1);
            assertThat(one.prune(Set.of(), Instant.now())).containsExactly(lock.key());
        }
    }

    private CompletableFuture<String> run(java.util.concurrent.Executor pool, Path lock) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try {
                        Process process =
                                new ProcessBuilder(
                                                Path.of(System.getProperty("java.home"), "bin/java")
                                                        .toString(),
                                                "-cp",
                                                System.getProperty("java.class.path"),
                                                BuildUntilKilled.class.getName(),
                                                home.toString(),
                                                lock.toString())
                                        .redirectError(ProcessBuilder.Redirect.DISCARD)
                                        .start();
                        String text =
                                new String(
                                        process.getInputStream().readAllBytes(),
                                        StandardCharsets.UTF_8);
                        assertThat(process.waitFor()).isZero();
                        return text;
                    } catch (IOException | InterruptedException failed) {
                        throw new CompletionException(failed);
                    }
                },
                pool);
    }
}
