package dev.farol.environment.uv;

import dev.farol.environment.EnvironmentConfig;
import dev.farol.environment.Host;
import dev.farol.environment.interpreter.Interpreter;
import dev.farol.environment.interpreter.Interpreters;
import dev.farol.environment.process.Command;
import dev.farol.environment.process.Commands;
import dev.farol.environment.process.Outcome;
import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** uv's verbs that the room uses, with the arguments that they always have. */
public final class Uv implements Interpreters.Download {
    private static final Logger log = LoggerFactory.getLogger(Uv.class);

    private final EnvironmentConfig config;
    private final Host host;
    private final Commands commands;
    private final UvBinary binary;
    private final Path cache;

    /**
     * @param environments the folder that environments are built in
     */
    public Uv(EnvironmentConfig config, Host host, Path home, Path environments, Commands commands)
            throws IOException {
        this.config = config;
        this.host = host;
        this.commands = commands;
        this.binary = new UvBinary(config, host, home.resolve("tools"), commands);
        this.cache = cache(host, home, environments);
    }

    /**
     * The user's own cache where packages can be linked from it into the environments, which is
     * only possible within one file system; else one in the home folder.
     */
    private static Path cache(Host host, Path home, Path environments) throws IOException {
        FileStore store = Files.getFileStore(environments);
        String configured = host.variables().getOrDefault("UV_CACHE_DIR", "");
        String xdg = host.variables().getOrDefault("XDG_CACHE_HOME", "");
        Path user =
                !configured.isEmpty()
                        ? Path.of(configured)
                        : (xdg.isEmpty() ? host.userHome().resolve(".cache") : Path.of(xdg))
                                .resolve("uv");
        if (Files.isDirectory(user)
                && Files.isWritable(user)
                && Files.getFileStore(user).equals(store)) {
            return user.toAbsolutePath();
        }
        return Files.createDirectories(home.resolve("cache/uv")).toAbsolutePath();
    }

    /** Makes sure that there is a uv. */
    public void prepare(Interpreters interpreters, Consumer<String> progress)
            throws IOException, InterruptedException {
        binary.get(interpreters, progress);
    }

    /**
     * Pins requirements.
     *
     * @param folder has the files named by the arguments; nothing else is read there
     * @param arguments files and further options
     */
    public Outcome compile(
            Interpreter python, Path folder, List<String> arguments, Consumer<String> messages)
            throws IOException, InterruptedException {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "pip",
                                "compile",
                                "--format",
                                "pylock.toml",
                                "--no-header",
                                "--python",
                                python.path().toString()));
        torchBackend(line);
        line.addAll(arguments);
        return run(python, line, folder, "-", config.resolveLimit(), messages);
    }

    /** What {@link #compile} printed, as pinned lines. */
    public static Pins pins(String output) {
        Pylock lock = Pylock.parse(output);
        return new Pins(lock.requirements(), lock.bytes());
    }

    /**
     * Pinned requirements.
     *
     * @param bytes of the files to install, as far as the index says
     */
    public record Pins(List<String> requirements, long bytes) {
        public Pins {
            requirements = List.copyOf(requirements);
        }
    }

    /** Makes an environment without packages. */
    public Outcome venv(Interpreter python, Path folder, Path running)
            throws IOException, InterruptedException {
        List<String> line =
                List.of("venv", "--python", python.path().toString(), folder.toString());
        return run(
                python,
                line,
                Objects.requireNonNull(folder.getParent(), "a folder, not a root"),
                running.toString(),
                config.buildLimit(),
                message -> {});
    }

    /**
     * Installs pinned requirements, and nothing else.
     *
     * @param running a file that stays locked while uv works
     */
    public Outcome install(
            Interpreter python,
            Path folder,
            Path requirements,
            Path running,
            List<String> options,
            Consumer<String> messages)
            throws IOException, InterruptedException {
        List<String> line =
                new ArrayList<>(
                        List.of(
                                "pip",
                                "install",
                                "--python",
                                folder.resolve("bin/python").toString(),
                                "--no-deps"));
        if (host.platform().startsWith("linux")) {
            line.addAll(List.of("--link-mode", "hardlink"));
        }
        torchBackend(line);
        line.addAll(options);
        line.addAll(List.of("-r", requirements.toString()));
        return run(python, line, folder, running.toString(), config.buildLimit(), messages);
    }

    private void torchBackend(List<String> line) {
        if (config.torchBackend() != null) {
            line.addAll(List.of("--torch-backend", config.torchBackend()));
        }
    }

    private Outcome run(
            Interpreter python,
            List<String> arguments,
            Path folder,
            String running,
            Duration limit,
            Consumer<String> messages)
            throws IOException, InterruptedException {
        Path uv =
                binary.present()
                        .orElseThrow(
                                () -> new IOException("uv was there and is gone: start again"));
        List<String> line = new ArrayList<>(List.of(uv.toString()));
        line.addAll(arguments);
        line.addAll(List.of("--no-progress", "--color", "never"));
        Map<String, String> variables = UvVariables.of(host, cache);
        return commands.run(
                new Command(line, variables, folder, limit, messages)
                        .guarded(python.path(), running));
    }

    @Override
    public boolean into(Path folder, Consumer<String> progress)
            throws IOException, InterruptedException {
        Optional<Path> uv = binary.present();
        if (uv.isEmpty()) {
            return false;
        }
        progress.accept("no Python on this machine: downloading " + config.defaultPython());
        Map<String, String> variables = new java.util.HashMap<>(UvVariables.of(host, cache));
        variables.remove("UV_PYTHON_DOWNLOADS");
        Outcome outcome =
                commands.run(
                        new Command(
                                List.of(
                                        uv.get().toString(),
                                        "python",
                                        "install",
                                        config.defaultPython(),
                                        "--install-dir",
                                        folder.toString(),
                                        "--no-bin",
                                        "--no-progress"),
                                variables,
                                Files.createDirectories(folder),
                                config.buildLimit()));
        log.debug("uv python install: {}", outcome);
        return outcome.succeeded();
    }

    /** The environment variables for a Python of ours that is run once. */
    public Map<String, String> pythonVariables() {
        return UvVariables.python(host.variables());
    }
}
