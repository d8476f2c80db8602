package dev.farol.app;

import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code farol down}: ends the server of this home and everything that it started. Nothing to end
 * is no failure.
 */
@Command(
        name = "down",
        description =
                "Stop the Farol of this home: requests that run are answered, then everything it started ends.",
        footer = {"", "Example: farol down"})
final class DownCommand implements Callable<Integer> {
    /** Longer than the server's own deadline, so that the force is for a server that hangs. */
    private static final Duration PATIENCE = Duration.ofSeconds(45);

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The home folder; else FAROL_HOME, else ~/.farol.")
    @Nullable Path home;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        Home folder = Home.of(home);
        PrintWriter out = spec.commandLine().getOut();
        var record = RunRecord.living(folder.addresses());
        var process = record.flatMap(RunRecord::process);
        if (process.isEmpty()) {
            Files.deleteIfExists(folder.addresses());
            out.println("Farol does not run in " + folder.folder() + ".");
            return 0;
        }
        ProcessHandle server = process.get();
        server.destroy();
        if (gone(server)) {
            out.println("Farol stopped (pid " + server.pid() + ").");
            return 0;
        }
        server.destroyForcibly();
        gone(server);
        Files.deleteIfExists(folder.addresses());
        spec.commandLine()
                .getErr()
                .println(
                        "Farol (pid "
                                + server.pid()
                                + ") did not stop within "
                                + PATIENCE.toSeconds()
                                + " s and was killed; what it ran ended with it. Its log: "
                                + folder.logs().resolve("farol.log"));
        return 1;
    }

    /**
     * Whether the process ended in time. Looked at often: the JDK's own wait for a foreign process
     * takes seconds.
     */
    private static boolean gone(ProcessHandle process) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (Running.runs(process)) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(10);
        }
        return true;
    }
}
