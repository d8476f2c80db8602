package dev.farol.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.kit.Trees;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * With the real uv, the machine's interpreters and the package index that pip is configured for.
 */
class LocalEnvironmentsIT {
    private static final String SMALL =
            """
            dependencies:
              - python>=3.8
              - six=1.17
              - pip:
                  - packaging==24.2
            """;

    private Path home;
    private final List<String> told = Collections.synchronizedList(new ArrayList<>());
    private Environments environments;

    @BeforeEach
    void open() throws IOException {
        home = Files.createTempDirectory("farol-environments-").toRealPath();
        environments = Environments.local(RealUv.config(), home, RealUv.host(home, Map.of()));
    }

    @AfterEach
    void close() throws IOException {
        environments.close();
        Trees.delete(home);
    }

    @Test
    void refusesAnotherPythonWhereOnlyTheSameWillDo() {
        assertThatThrownBy(
                        () ->
                                environments.resolve(
                                        new Definition(
                                                "python: 3.99.1\ndependencies: [six]\n",
                                                "model/python_env.yaml",
                                                Definition.Form.PYTHON_ENV,
                                                Map.of(),
                                                true),
                                        told::add))
                .isInstanceOfSatisfying(
                        FarolException.class,
                        refused ->
                                assertThat(refused.code())
                                        .isEqualTo(ErrorCode.ENVIRONMENT_UNRESOLVABLE))
                .hasMessageStartingWith(
                        "model/python_env.yaml:1: 'python: 3.99.1' is not on this machine")
                .hasMessageContaining("found: 3.");
    }

    private Lock resolve(String conda) {
        return environments.resolve(new Definition(conda, "environment/conda.yaml"), told::add);
    }

    @Test
    void locksAndBuildsAndBuildsAgainFromTheLock() throws Exception {
        long start = System.nanoTime();
        Lock lock = resolve(SMALL);
        assertThat(lock.key()).matches("[0-9a-f]{64}");
        assertThat(lock.direct()).containsExactly("six", "packaging");
        assertThat(lock.requirements())
                .hasSize(2)
                .allMatch(line -> line.matches("\\S+==\\S+( --hash=sha256:[0-9a-f]{64})+"));
        PythonEnvironment first = environments.build(lock, told::add);
        print("cold", start);

        assertThat(run(first.python(), "import six, packaging; print(six.__version__)"))
                .startsWith("1.17");
        assertThat(first.folder())
                .isEqualTo(home.toAbsolutePath().resolve("envs").resolve(lock.key()));
        assertThat(told).anyMatch(line -> line.startsWith("resolving 2 packages with Python 3."));
        assertThat(told).anyMatch(line -> line.startsWith("installed 2 packages in "));

        Path module = sitePackages(first).resolve("six.py");
        assertThat((Integer) Files.getAttribute(module, "unix:nlink"))
                .as("linked from the cache")
                .isGreaterThan(1);
        try (Stream<Path> files = Files.walk(sitePackages(first))) {
            List<Path> sources = files.filter(file -> file.toString().endsWith(".py")).toList();
            assertThat(sources)
                    .isNotEmpty()
                    .allSatisfy(source -> assertThat(compiled(source)).isNotEmpty());
        }

        assertThat(environments.prune(Set.of(), Instant.now().minusSeconds(300)))
                .as("it was used a moment ago")
                .isEmpty();
        assertThat(environments.prune(Set.of(), Instant.now())).containsExactly(lock.key());
        assertThat(first.folder()).doesNotExist();
        start = System.nanoTime();
        PythonEnvironment second = environments.build(lock, told::add);
        print("from the lock, cache warm", start);
        assertThat(second).isEqualTo(first);
        assertThat(environments.prune(Set.of(lock.key()), Instant.now())).isEmpty();
        start = System.nanoTime();
        assertThat(environments.build(lock, told::add)).isEqualTo(first);
        print("already built", start);
    }

    @Test
    void compiledFilesAreStillValidWhenTheyAreUsed() throws Exception {
        PythonEnvironment environment = environments.build(resolve(SMALL), told::add);
        String checks =
                """
                import importlib.util, sys
                spec = importlib.util.find_spec('packaging.version')
                sys.dont_write_bytecode = True
                import importlib._bootstrap_external as b
                real = b.SourceLoader.source_to_code
                def refuse(*a, **k): raise SystemExit('compiled again')
                b.SourceLoader.source_to_code = refuse
                import packaging.version, six
                print('valid')
                """;
        assertThat(run(environment.python(), checks)).isEqualTo("valid");
    }

    @Test
    void eightBuildersBuildOnce() throws Exception {
        Lock lock = resolve(SMALL);
        try (var pool = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Callable<PythonEnvironment>> builders =
                    Collections.nCopies(8, () -> environments.build(lock, told::add));
            Set<PythonEnvironment> built = new java.util.HashSet<>();
            for (Future<PythonEnvironment> builder : pool.invokeAll(builders)) {
                built.add(builder.get());
            }
            assertThat(built).hasSize(1);
        }
        long finished = told.stream().filter(line -> line.startsWith("environment ready")).count();
        assertThat(finished).isBetween(1L, 8L);
        assertThat(Files.getLastModifiedTime(home.resolve("envs/" + lock.key() + "/pyvenv.cfg")))
                .isLessThanOrEqualTo(
                        Files.getLastModifiedTime(
                                home.resolve("envs/" + lock.key() + "/farol-environment.json")));
    }

    @Test
    void namesEveryLineThatNoIndexKnows() {
        assertThatThrownBy(
                        () ->
                                resolve(
                                        """
                                        name: model-env
                                        channels: [conda-forge]
                                        dependencies:
                                          - python>=3.8
                                          - six
                                          - pip:
                                              - scikit-lern==1.7.0
                                              - farol-has-no-such-package
                                        """))
                .isInstanceOfSatisfying(
                        FarolException.class,
                        failure -> {
                            assertThat(failure.code())
                                    .isEqualTo(ErrorCode.ENVIRONMENT_UNRESOLVABLE);
                            assertThat(failure.getMessage())
                                    .contains(
                                            "environment/conda.yaml:7: 'scikit-lern==1.7.0' is not"
                                                    + " on the package index: did you mean"
                                                    + " scikit-learn?")
                                    .contains(
                                            "environment/conda.yaml:8:"
                                                    + " 'farol-has-no-such-package' is not on the"
                                                    + " package index");
                        });
    }

    @Test
    void namesTheLinesThatContradictEachOther() {
        assertThatThrownBy(
                        () ->
                                resolve(
                                        """
                                        dependencies:
                                          - python>=3.8
                                          - requests=2.31
                                          - urllib3=0.1
                                        """))
                .hasMessageStartingWith("environment/conda.yaml:")
                .hasMessageContaining("'urllib3=0.1'")
                .message()
                .satisfies(text -> System.out.println("conflict: " + text));
    }

    @Test
    void namesTheLineOfAVersionThatDoesNotExist() {
        assertThatThrownBy(() -> resolve("dependencies:\n- python>=3.8\n- six==99.0\n"))
                .hasMessageStartingWith("environment/conda.yaml:3: 'six==99.0' cannot be had: ")
                .message()
                .satisfies(text -> System.out.println("no such version: " + text));
    }

    @Test
    void takesTheInterpreterAskedFor() throws Exception {
        Path pyenv = Path.of(System.getProperty("user.home"), ".pyenv/versions/3.12.1");
        org.junit.jupiter.api.Assumptions.assumeTrue(Files.isDirectory(pyenv));
        Lock lock = resolve("dependencies:\n- python=3.12\n");
        assertThat(lock.pythonVersion()).isEqualTo("3.12.1");
        assertThat(Path.of(lock.pythonPath()))
                .isEqualTo(pyenv.resolve("bin/python3.12").toRealPath());
        assertThat(lock.notes()).isEmpty();
        PythonEnvironment environment = environments.build(lock, told::add);
        assertThat(run(environment.python(), "import sys; print(sys.version_info[:2])"))
                .isEqualTo("(3, 12)");
    }

    @Test
    void takesTheNearestInterpreterAndSaysSo() {
        Lock lock = resolve("dependencies:\n- python=3.99\n");
        assertThat(lock.notes())
                .anyMatch(
                        note ->
                                note.startsWith(
                                        "'python=3.99' is asked for and not on this machine: Python "
                                                + lock.pythonVersion()
                                                + " is taken"));
    }

    @Test
    void withoutACondaFileThereIsOnlyAnInterpreter() throws Exception {
        Lock lock = environments.resolve(new Definition(null, "image"), told::add);
        assertThat(lock.requirements()).isEmpty();
        PythonEnvironment environment = environments.build(lock, told::add);
        assertThat(run(environment.python(), "import sys; print(sys.prefix != sys.base_prefix)"))
                .isEqualTo("True");
    }

    @Test
    void whatHasAWheelIsNotBuiltFromSource() {
        // Its wheels stand in a list of several lines in uv's lock.
        Lock lock = resolve("dependencies: [python>=3.10, protobuf]");
        environments.build(lock, told::add);
        assertThat(told).noneMatch(line -> line.contains("from source"));
    }

    @Test
    void anUnfinishedFolderIsBuiltAgain() throws Exception {
        Lock lock = resolve(SMALL);
        Path folder = Files.createDirectories(home.resolve("envs").resolve(lock.key()));
        Files.createDirectories(folder.resolve("lib/left/over"));
        PythonEnvironment environment = environments.build(lock, told::add);
        assertThat(folder.resolve("lib/left")).doesNotExist();
        assertThat(run(environment.python(), "import six; print('there')")).isEqualTo("there");
    }

    @Test
    void anEnvironmentWhoseInterpreterIsGoneIsBuiltAgain() throws Exception {
        Lock lock = resolve(SMALL);
        PythonEnvironment environment = environments.build(lock, told::add);
        Files.delete(environment.python());
        Files.createSymbolicLink(environment.python(), Path.of("/nowhere/python3"));
        environments.build(lock, told::add);
        assertThat(run(environment.python(), "import six; print('there')")).isEqualTo("there");
    }

    @Test
    void overridesReplaceWhatIsAskedForAndWhatIsDraggedIn() throws Exception {
        try (Environments admin =
                Environments.local(
                        RealUv.config()
                                .withOverrides(
                                        Map.of(
                                                "six",
                                                "packaging==24.1",
                                                "idna*",
                                                "",
                                                "certifi",
                                                "toml")),
                        home,
                        RealUv.host(home, Map.of()))) {
            Lock lock =
                    admin.resolve(
                            new Definition(
                                    "dependencies: [python>=3.8, six, requests=2.32.3]", "conda"),
                            told::add);
            assertThat(names(lock))
                    .contains("packaging", "requests", "urllib3", "toml")
                    .doesNotContain("six", "idna", "certifi");
            assertThat(lock.notes()).anyMatch(note -> note.contains("'six' is replaced by"));
            assertThat(lock.key()).isNotEqualTo(resolve(SMALL).key());
        }
    }

    private static List<String> names(Lock lock) {
        return lock.requirements().stream().map(line -> line.split("==")[0]).toList();
    }

    private static Path sitePackages(PythonEnvironment environment) throws IOException {
        try (Stream<Path> lib = Files.list(environment.folder().resolve("lib"))) {
            return lib.findFirst().orElseThrow().resolve("site-packages");
        }
    }

    private static List<Path> compiled(Path source) throws IOException {
        Path cache = source.resolveSibling("__pycache__");
        if (!Files.isDirectory(cache)) {
            return List.of();
        }
        String stem = source.getFileName().toString().replaceFirst("\\.py$", "") + ".cpython-";
        try (Stream<Path> files = Files.list(cache)) {
            return files.filter(file -> file.getFileName().toString().startsWith(stem)).toList();
        }
    }

    private static String run(Path python, String code) throws Exception {
        Process process =
                new ProcessBuilder(python.toString(), "-c", code).redirectErrorStream(true).start();
        String output =
                new String(
                        process.getInputStream().readAllBytes(),
                        java.nio.charset.StandardCharsets.UTF_8);
        process.waitFor();
        return output.lines().collect(Collectors.joining("\n"));
    }

    private static void print(String what, long start) {
        System.out.printf("%s: %.2f s%n", what, (System.nanoTime() - start) / 1e9);
    }
}
