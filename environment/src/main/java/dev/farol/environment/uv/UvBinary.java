package dev.farol.environment.uv;

import dev.farol.environment.EnvironmentConfig;
import dev.farol.environment.Host;
import dev.farol.environment.interpreter.Interpreter;
import dev.farol.environment.interpreter.Interpreters;
import dev.farol.environment.process.Command;
import dev.farol.environment.process.Commands;
import dev.farol.environment.process.FolderLock;
import dev.farol.environment.process.Leftovers;
import dev.farol.environment.process.Outcome;
import dev.farol.kit.Trees;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The uv program: as configured, on PATH, or installed once by name with an interpreter's pip. */
final class UvBinary {
    private static final Logger log = LoggerFactory.getLogger(UvBinary.class);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(10);
    private static final Duration INSTALL_LIMIT = Duration.ofMinutes(5);

    private final EnvironmentConfig config;
    private final Host host;
    private final Path tools;
    private final Commands commands;
    private volatile @Nullable Path known;

    UvBinary(EnvironmentConfig config, Host host, Path tools, Commands commands) {
        this.config = config;
        this.host = host;
        this.tools = tools;
        this.commands = commands;
    }

    /** uv, where nothing has to be installed for it. */
    Optional<Path> present() throws IOException, InterruptedException {
        Path before = known;
        if (before != null && Files.isExecutable(before)) {
            return Optional.of(before);
        }
        Path configured = config.uv();
        if (configured != null) {
            if (!recent(configured)) {
                throw new FarolException(
                        ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                        "The setting environment.uv names "
                                + configured
                                + ", which is no uv from "
                                + UvVersion.OLDEST
                                + ".");
            }
            return remembered(configured.toAbsolutePath());
        }
        for (String entry : host.variables().getOrDefault("PATH", "").split(":")) {
            Optional<Path> candidate = on(entry);
            if (candidate.isPresent() && recent(candidate.get())) {
                return remembered(candidate.get());
            }
        }
        return Files.isExecutable(installed()) ? remembered(installed()) : Optional.empty();
    }

    private Optional<Path> remembered(Path uv) {
        known = uv;
        return Optional.of(uv);
    }

    private static Optional<Path> on(String entry) {
        try {
            Path candidate = Path.of(entry, "uv");
            return candidate.isAbsolute() && Files.isExecutable(candidate)
                    ? Optional.of(candidate)
                    : Optional.empty();
        } catch (InvalidPathException odd) {
            return Optional.empty();
        }
    }

    private boolean recent(Path uv) throws InterruptedException {
        try {
            Outcome outcome = run(List.of(uv.toString(), "--version"), ASK_LIMIT);
            Optional<UvVersion> version = UvVersion.parse(outcome.output());
            if (version.isPresent() && version.get().compareTo(UvVersion.OLDEST) >= 0) {
                return true;
            }
            log.info("{} is not used: it says {}", uv, outcome);
        } catch (IOException unusable) {
            log.info("{} is not used", uv, unusable);
        }
        return false;
    }

    private Path folder() {
        return tools.resolve("uv-" + config.uvVersion());
    }

    private Path installed() {
        return folder().resolve("bin/uv");
    }

    /**
     * uv, installed if it is not there.
     *
     * @throws FarolException saying what to do when it can be neither found nor installed
     */
    synchronized Path get(Interpreters interpreters, Consumer<String> progress)
            throws IOException, InterruptedException {
        Optional<Path> present = present();
        if (present.isPresent()) {
            return present.get();
        }
        try (FolderLock _ = FolderLock.acquire(tools.resolve(".uv.lock"))) {
            if (!Files.isExecutable(installed())) {
                install(interpreters, progress);
            }
        }
        known = installed();
        return installed();
    }

    /** With the first interpreter whose pip can do it; the last one tried is the shipped one. */
    private void install(Interpreters interpreters, Consumer<String> progress)
            throws IOException, InterruptedException {
        progress.accept("installing uv " + config.uvVersion() + " (once)");
        Leftovers.remove(tools, ".uv-");
        List<String> failures = new ArrayList<>();
        boolean sawPip = false;
        for (Interpreter interpreter : interpreters.any(progress)) {
            if (!hasPip(interpreter.path())) {
                continue;
            }
            sawPip = true;
            Optional<String> failure = install(interpreter.path());
            if (failure.isEmpty()) {
                return;
            }
            failures.add(failure.get());
            if (unreachable(failure.get())) {
                break;
            }
        }
        if (!sawPip) {
            Optional<String> failure = withShippedPip(interpreters, progress);
            if (failure.isEmpty()) {
                return;
            }
            failures.add(failure.get());
        }
        throw new FarolException(
                ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                "uv, which builds Python environments, is not on this machine and could not be"
                        + " installed: "
                        + failures.getLast()
                        + ". Put uv "
                        + UvVersion.OLDEST
                        + " or newer on PATH, or name it in the setting environment.uv, or let pip"
                        + " reach a package index (PIP_INDEX_URL, pip.conf).");
    }

    private Optional<String> withShippedPip(Interpreters interpreters, Consumer<String> progress)
            throws IOException, InterruptedException {
        try {
            return install(interpreters.fetched(progress).path());
        } catch (FarolException none) {
            return Optional.of("no interpreter on this machine has pip");
        }
    }

    private static boolean unreachable(String failure) {
        return failure.contains("No matching distribution") || failure.contains("connection");
    }

    private boolean hasPip(Path python) throws IOException, InterruptedException {
        return run(List.of(python.toString(), "-m", "pip", "--version"), ASK_LIMIT).succeeded();
    }

    /** Installs into a folder beside, renamed when complete. Empty when it worked. */
    private Optional<String> install(Path python) throws IOException, InterruptedException {
        Path temporary = Files.createTempDirectory(tools, ".uv-");
        try {
            Outcome outcome =
                    run(
                            List.of(
                                    python.toString(),
                                    "-m",
                                    "pip",
                                    "install",
                                    "--quiet",
                                    "--no-input",
                                    "--disable-pip-version-check",
                                    "--no-warn-script-location",
                                    "--only-binary",
                                    ":all:",
                                    "--no-deps",
                                    "--target",
                                    temporary.resolve("new").toString(),
                                    "uv==" + config.uvVersion()),
                            INSTALL_LIMIT);
            Path uv = temporary.resolve("new/bin/uv");
            if (!outcome.succeeded() || !recent(uv)) {
                return Optional.of(reason(outcome));
            }
            Trees.delete(folder());
            Files.move(temporary.resolve("new"), folder(), StandardCopyOption.ATOMIC_MOVE);
            return Optional.empty();
        } finally {
            Trees.delete(temporary);
        }
    }

    private static String reason(Outcome outcome) {
        return PipMessages.reason(outcome.messages())
                .orElse(
                        outcome.timeOver()
                                ? "pip took too long"
                                : "pip ended with " + outcome.code());
    }

    private Outcome run(List<String> line, Duration limit)
            throws IOException, InterruptedException {
        Map<String, String> variables = UvVariables.python(host.variables());
        variables.keySet().removeAll(List.of("PIP_USER", "PIP_TARGET", "PIP_PREFIX", "PIP_ROOT"));
        variables.put("PIP_USER", "0");
        variables.put("PIP_REQUIRE_VIRTUALENV", "0");
        return commands.run(new Command(line, variables, Files.createDirectories(tools), limit));
    }
}
