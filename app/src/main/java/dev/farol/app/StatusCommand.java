package dev.farol.app;

import dev.farol.kit.Json;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * {@code farol status}: whether a server runs in this home, and where. Exit code 3 when none does.
 */
@Command(
        name = "status",
        description = "Say whether Farol runs in this home, and where it listens.",
        footer = {"", "Example: farol status -o json"})
final class StatusCommand implements Callable<Integer> {
    static final int NOT_RUNNING = 3;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The home folder; else FAROL_HOME, else ~/.farol.")
    @Nullable Path home;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text (default) or json.")
    OutputFormat output = OutputFormat.text;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    @Override
    public Integer call() {
        Home folder = Home.of(home);
        var running = RunRecord.living(folder.addresses());
        PrintWriter out = spec.commandLine().getOut();
        if (running.isEmpty()) {
            if (output == OutputFormat.json) {
                out.println(
                        Json.object()
                                .put("running", false)
                                .put("home", folder.folder().toString())
                                .toPrettyString());
            } else {
                out.println(
                        "Farol does not run in "
                                + folder.folder()
                                + ". Start it with: farol up --detach");
            }
            return NOT_RUNNING;
        }
        out.println(running.get().describe(output));
        return 0;
    }
}
