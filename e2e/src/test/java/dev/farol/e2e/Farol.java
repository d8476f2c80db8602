package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.kit.Trees;
import dev.farol.kit.testing.Eventually;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/** One Farol under test: a home of its own and the real command. */
final class Farol implements AutoCloseable {
    /**
     * Runs a command that Ctrl-C ends, whatever started these tests: a shell lets what it runs in
     * the background ignore that signal, and so would all that it starts. Python ignores SIGPIPE,
     * and so does what it becomes here, as services of systemd do.
     */
    private static final List<String> INTERRUPTIBLE =
            List.of(
                    "python3",
                    "-c",
                    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL);"
                            + " os.execv(sys.argv[1], sys.argv[1:])");

    static final Path ROOT = Path.of(System.getProperty("farol.root")).toAbsolutePath();

    /** What a command left: its exit code and what it wrote. */
    record Result(int exit, String out, String err) {
        Result ok() {
            assertThat(exit).as("exit code; stdout: %s; stderr: %s", out, err).isZero();
            return this;
        }

        JsonNode json() {
            return Json.STRICT.readTree(out);
        }
    }

    private final Path root;
    private final Path home;
    private final Path shared;
    private final @Nullable Path uv;
    private final Map<String, String> environment = new HashMap<>();
    private final HttpClient http = HttpClient.newHttpClient();

    /** With a uv that all tests of a checkout share. */
    Farol() throws IOException, InterruptedException {
        this(true);
    }

    /**
     * @param sharedUv false leaves it to Farol to find or install uv, as on a fresh machine
     */
    Farol(boolean sharedUv) throws IOException, InterruptedException {
        this("", sharedUv);
    }

    /** With a home folder of that name. */
    Farol(String name) throws IOException, InterruptedException {
        this(name, true);
    }

    private Farol(String name, boolean sharedUv) throws IOException, InterruptedException {
        this.root = Files.createTempDirectory("farol-e2e-");
        this.home = name.isEmpty() ? root : Files.createDirectory(root.resolve(name));
        this.shared = Files.createDirectories(ROOT.resolve("e2e/target/shared"));
        this.uv = sharedUv ? uv(shared) : null;
    }

    /** A uv from the package index, installed once. */
    private static synchronized Path uv(Path shared) throws IOException, InterruptedException {
        Path folder = shared.resolve("uv");
        Path binary = folder.resolve("bin/uv");
        if (!Files.isExecutable(binary)) {
            Process pip =
                    new ProcessBuilder(
                                    "python3",
                                    "-m",
                                    "pip",
                                    "install",
                                    "-q",
                                    "--target",
                                    folder.toString(),
                                    "uv==0.13.9")
                            .inheritIO()
                            .start();
            assertThat(pip.waitFor()).as("pip install uv").isZero();
        }
        return binary;
    }

    /** The uv that commands use. */
    Path uv() {
        return Objects.requireNonNull(uv, "uv");
    }

    Path home() {
        return home;
    }

    /** Variables that every command from now on gets besides its own. */
    Map<String, String> environment() {
        return environment;
    }

    /** Runs {@code ./farol} with this home, to its end. */
    Result run(String... arguments) throws IOException, InterruptedException {
        return run(Duration.ofMinutes(5), arguments);
    }

    Result run(Duration limit, String... arguments) throws IOException, InterruptedException {
        Process process = start(arguments);
        return finish(process, limit, arguments);
    }

    /** Starts {@code ./farol} with this home and leaves it running. */
    Process start(String... arguments) throws IOException {
        var command = new ArrayList<String>(INTERRUPTIBLE);
        command.add(ROOT.resolve("farol").toString());
        command.addAll(List.of(arguments));
        var builder = new ProcessBuilder(command).directory(ROOT.toFile());
        Map<String, String> environment = builder.environment();
        environment.put("FAROL_HOME", home.toString());
        // What comes from the package index is the same for every home: it is fetched once per
        // checkout.
        environment.put("UV_CACHE_DIR", shared.resolve("uv-cache").toString());
        if (uv != null) {
            environment.put("FAROL_ENVIRONMENT_UV", uv.toString());
        }
        environment.putAll(this.environment);
        builder.redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()));
        builder.redirectOutput(Files.createTempFile(home, "out", ".txt").toFile());
        builder.redirectError(Files.createTempFile(home, "err", ".txt").toFile());
        Process process = builder.start();
        outputs.put(
                process.pid(),
                new Path[] {
                    builder.redirectOutput().file().toPath(),
                    builder.redirectError().file().toPath()
                });
        return process;
    }

    private final Map<Long, Path[]> outputs = new java.util.concurrent.ConcurrentHashMap<>();

    Result finish(Process process, Duration limit, String... arguments)
            throws IOException, InterruptedException {
        Path[] files = outputs.get(process.pid());
        if (!process.waitFor(limit.toMillis(), TimeUnit.MILLISECONDS)) {
            process.destroyForcibly().waitFor();
            throw new AssertionError(
                    "farol "
                            + String.join(" ", arguments)
                            + " did not end within "
                            + limit
                            + "; stdout: "
                            + Files.readString(files[0])
                            + "; stderr: "
                            + Files.readString(files[1]));
        }
        return new Result(
                process.exitValue(), Files.readString(files[0]), Files.readString(files[1]));
    }

    /** What a command that still runs has written so far. */
    String said(Process process) throws IOException {
        return Files.readString(outputs.get(process.pid())[0]);
    }

    /** Starts the server in the background and answers what {@code status -o json} says. */
    JsonNode up() throws IOException, InterruptedException {
        return run("up", "--detach", "--port", "0", "-o", "json").ok().json();
    }

    JsonNode status() throws IOException, InterruptedException {
        return run("status", "-o", "json").ok().json();
    }

    /** The home's server process; empty when none runs. */
    @Nullable ProcessHandle server() throws IOException {
        Path file = home.resolve("run/addresses.json");
        if (!Files.exists(file)) {
            return null;
        }
        long pid = Json.TOLERANT.readTree(Files.readString(file)).get("pid").asLong();
        return ProcessHandle.of(pid).filter(ProcessHandle::isAlive).orElse(null);
    }

    HttpResponse<String> score(String uri, String key, String body, String... headers)
            throws IOException, InterruptedException {
        var request =
                HttpRequest.newBuilder(URI.create(uri))
                        .timeout(Duration.ofSeconds(60))
                        .header("Authorization", "Bearer " + key)
                        .header("Content-Type", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body));
        if (headers.length > 0) {
            request.headers(headers);
        }
        return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Trusts the authority of this home and no other. */
    SSLContext trust() throws IOException, GeneralSecurityException {
        var store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null);
        store.setCertificateEntry(
                "farol",
                CertificateFactory.getInstance("X.509")
                        .generateCertificate(
                                new ByteArrayInputStream(
                                        Files.readAllBytes(home.resolve("tls/ca.pem")))));
        var trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        var context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    String scoringUri(String endpoint) throws IOException, InterruptedException {
        return run("online-endpoint", "show", "-n", endpoint, "--query", "scoring_uri", "-o", "tsv")
                .ok()
                .out()
                .strip();
    }

    /** Of a deployment that {@code --local} made. */
    String localScoringUri(String endpoint) throws IOException, InterruptedException {
        return run(
                        "online-endpoint",
                        "show",
                        "--local",
                        "-n",
                        endpoint,
                        "--query",
                        "scoring_uri",
                        "-o",
                        "tsv")
                .ok()
                .out()
                .strip();
    }

    String key(String endpoint) throws IOException, InterruptedException {
        return run(
                        "online-endpoint",
                        "get-credentials",
                        "-n",
                        endpoint,
                        "--query",
                        "primaryKey",
                        "-o",
                        "tsv")
                .ok()
                .out()
                .strip();
    }

    /** Every living process that has this home on its command line or in its environment. */
    List<ProcessHandle> processes() throws IOException {
        var found = new ArrayList<ProcessHandle>();
        try (Stream<Path> entries = Files.list(Path.of("/proc"))) {
            for (Path entry :
                    entries.filter(e -> e.getFileName().toString().matches("\\d+")).toList()) {
                try {
                    String text =
                            Files.readString(
                                            entry.resolve("cmdline"),
                                            java.nio.charset.StandardCharsets.ISO_8859_1)
                                    + Files.readString(
                                            entry.resolve("environ"),
                                            java.nio.charset.StandardCharsets.ISO_8859_1);
                    if (text.contains(home.toString())) {
                        ProcessHandle.of(Long.parseLong(entry.getFileName().toString()))
                                .ifPresent(found::add);
                    }
                } catch (IOException gone) {
                    // The process ended while it was looked at, or is another user's: not ours
                    // either way.
                    continue;
                }
            }
        }
        return found;
    }

    /** Stops the server if one runs, checks that nothing of it is left, and removes the home. */
    @Override
    public void close() throws IOException {
        try {
            run("down");
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(interrupted);
        }
        Eventually.eventually(
                "no process of " + home + " is left",
                Duration.ofSeconds(20),
                () -> processes().isEmpty());
        http.close();
        Trees.delete(root);
    }
}
