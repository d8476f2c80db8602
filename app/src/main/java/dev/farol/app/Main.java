package dev.farol.app;

import dev.farol.cli.Cli;
import dev.farol.cli.CliClock;
import dev.farol.cli.CliContext;
import dev.farol.wire.ApiClient;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.io.OutputStreamWriter;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The one main class; the first argument is the role or the command. */
public final class Main {
    private Main() {}

    public static void main(String[] arguments) throws Exception {
        String first = arguments.length == 0 ? "" : arguments[0];
        int exit =
                switch (first) {
                    case "replica" ->
                            ReplicaRole.run(Arrays.copyOfRange(arguments, 1, arguments.length));
                    case "keep" ->
                            KeeperRole.run(Arrays.copyOfRange(arguments, 1, arguments.length));
                    case "train" -> AotTraining.run(arguments.length > 1 ? arguments[1] : "");
                    default -> {
                        var out =
                                new PrintWriter(
                                        new OutputStreamWriter(System.out, StandardCharsets.UTF_8),
                                        false);
                        var err =
                                new PrintWriter(
                                        new OutputStreamWriter(System.err, StandardCharsets.UTF_8),
                                        true);
                        try {
                            yield execute(null, out, err, arguments);
                        } finally {
                            out.flush();
                            err.flush();
                        }
                    }
                };
        System.exit(exit);
    }

    /**
     * Runs one command line; the verbs of the rooms without picocli where nothing is wrong with
     * them.
     */
    static int execute(@Nullable Home home, PrintWriter out, PrintWriter err, String... arguments) {
        var env = EnvAnswer.quick(out, err, List.of(arguments));
        if (env.isPresent()) {
            return env.getAsInt();
        }
        CliContext context = context(home, out, err);
        var done = Cli.run(context, List.of(arguments));
        return done.isPresent() ? done.getAsInt() : CommandTree.execute(context, arguments);
    }

    private static CliContext context(@Nullable Home home, PrintWriter out, PrintWriter err) {
        Map<String, String> environment = new HashMap<>(System.getenv());
        if (home != null) {
            environment.put("FAROL_HOME", home.folder().toString());
        }
        return new CliContext(
                new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8)),
                out,
                err,
                System.console() != null && System.console().isTerminal(),
                width(environment),
                Path.of("").toAbsolutePath(),
                Home.of(null).folder(),
                environment,
                CliClock.SYSTEM,
                tls ->
                        ApiClient.create(
                                tls == null ? null : tls.resolve("ca.pem"), Duration.ofSeconds(10)),
                CliContext.Interrupts.ofProcess(),
                new KeptDeployments());
    }

    private static int width(Map<String, String> environment) {
        try {
            return Integer.parseInt(environment.getOrDefault("COLUMNS", "120"));
        } catch (NumberFormatException odd) {
            return 120;
        }
    }
}
