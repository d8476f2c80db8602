package dev.farol.app;

import dev.farol.backend.Backends;
import dev.farol.cli.LocalMachine;
import dev.farol.cli.LocalPlan;
import dev.farol.cli.LocalState;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Deployments of this machine that no Farol serves: each is kept by a process of its own ({@link
 * KeeperRole}), which says in a file of the deployment's folder how it is.
 */
final class KeptDeployments implements LocalMachine {
    /** Longer than a keeper drains, so that the force is for one that hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    private static final int FAULT_LINES = 20;

    @Override
    public void start(Path home, Path folder, LocalPlan plan) {
        var kept = new KeptFolder(folder);
        try {
            kept.write(plan);
            kept.forgetState();
            Files.deleteIfExists(kept.buildLog());
            // Apart from the terminal: neither its end nor Ctrl-C in it is meant for this.
            Optional<Path> setsid = onPath("setsid");
            var command = new ArrayList<String>();
            setsid.ifPresent(program -> command.add(program.toString()));
            // What a server is trained with holds most of what a keeper needs.
            command.addAll(Distribution.java("up"));
            command.add("keep");
            if (setsid.isEmpty()) {
                command.add(KeeperRole.OWN_SESSION);
            }
            command.addAll(List.of(home.toString(), folder.toString()));
            var builder = new ProcessBuilder(command);
            builder.environment().put("FAROL_HOME", home.toString());
            builder.environment().putIfAbsent("MALLOC_ARENA_MAX", "2");
            builder.redirectInput(Path.of("/dev/null").toFile());
            builder.redirectOutput(ProcessBuilder.Redirect.DISCARD);
            builder.redirectError(kept.keeperFaults().toFile());
            Process keeper = builder.start();
            // What takes it out of the terminal becomes it, so that the number stays.
            while (!kept.saidBy(keeper.pid()) && keeper.isAlive()) {
                Thread.sleep(10);
            }
            if (!kept.saidBy(keeper.pid())) {
                throw new FarolException(
                        ErrorCode.INTERNAL,
                        "The deployment was not started: "
                                + KeptFolder.tail(kept.keeperFaults(), FAULT_LINES).strip());
            }
        } catch (IOException unusable) {
            throw refused(folder, unusable);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new FarolException(ErrorCode.INTERRUPTED, "Interrupted.");
        }
    }

    private static Optional<Path> onPath(String program) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .filter(folder -> folder.startsWith("/"))
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }

    @Override
    public LocalState state(Path folder) {
        var kept = new KeptFolder(folder);
        return kept.said().map(said -> state(kept, said)).orElse(LocalState.NONE);
    }

    private static LocalState state(KeptFolder kept, KeptFolder.Said said) {
        var state =
                new LocalState(
                        said.kind(), said.pid(), said.port(), said.progress(), said.verdict());
        boolean lost = state.running() && kept.process(said).isEmpty();
        return lost
                ? new LocalState(LocalState.Kind.LOST, said.pid(), 0, said.progress(), null)
                : state;
    }

    @Override
    public void stop(Path folder) {
        var kept = new KeptFolder(folder);
        var process = kept.said().flatMap(kept::process);
        if (process.isPresent()) {
            ProcessHandle keeper = process.get();
            keeper.destroy();
            if (!gone(keeper)) {
                keeper.destroyForcibly();
                gone(keeper);
            }
        }
        if (state(folder).kind() == LocalState.Kind.LOST) {
            // What it kept hangs on a pipe from it and ends with it; what a script has started and
            // let go may not.
            Backends.endLeftovers(kept.instances());
        }
    }

    private static boolean gone(ProcessHandle process) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            while (Running.runs(process)) {
                if (System.nanoTime() > end) {
                    return false;
                }
                Thread.sleep(10);
            }
            return true;
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new FarolException(ErrorCode.INTERRUPTED, "Interrupted.");
        }
    }

    @Override
    public String console(Path folder, int lines) {
        var kept = new KeptFolder(folder);
        try {
            var text = new StringBuilder();
            Backends.console(kept.instances(), KeptFolder.instance(kept.plan()), lines)
                    .forEach(line -> text.append(line).append('\n'));
            return text.toString();
        } catch (IOException unreadable) {
            throw refused(folder, unreadable);
        }
    }

    @Override
    public String preparation(Path folder, int lines) {
        try {
            return KeptFolder.tail(new KeptFolder(folder).buildLog(), lines);
        } catch (IOException unreadable) {
            throw refused(folder, unreadable);
        }
    }

    private static FarolException refused(Path folder, IOException fault) {
        return new FarolException(
                Problem.of(
                        ErrorCode.UNAVAILABLE,
                        "The local deployment in " + folder + " cannot be used: " + fault),
                fault);
    }
}
