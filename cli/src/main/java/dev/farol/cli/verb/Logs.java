package dev.farol.cli.verb;

import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The log of a deployment, once or as it grows. */
final class Logs {
    private static final int LINES = 5000;
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Map<String, String> CONTAINERS =
            Map.of(
                    "inference-server", "InferenceServer",
                    "storage-initializer", "StorageInitializer");

    private Logs() {}

    static Verb verb(Flag name, Flag endpoint) {
        return new Verb(
                "get-logs",
                "Print the log of a deployment.",
                "farol online-deployment get-logs -n blue -e credit --lines 100 --follow",
                List.of(
                        name.mandatory(),
                        endpoint.mandatory(),
                        Flag.whole("N", "The last N lines, 5000 by default.", "--lines", "-l"),
                        Flag.text(
                                "NAME",
                                "inference-server (default) or storage-initializer.",
                                "--container",
                                "-c"),
                        Flag.on("Go on printing new lines until interrupted.", "--follow"),
                        Flag.LOCAL),
                Logs::run);
    }

    private static void run(Invocation in) {
        Supplier<String> log = in.local() ? new LocalVerbs(in).log(lines(in)) : online(in);
        String seen = log.get();
        in.printText(seen.isEmpty() || seen.endsWith("\n") ? seen : seen + "\n");
        while (in.has("--follow")) {
            try {
                in.context().clock().pause(PAUSE);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
            String now = log.get();
            String added = added(seen, now);
            in.printText(added.isEmpty() || added.endsWith("\n") ? added : added + "\n");
            seen = now;
        }
    }

    private static Supplier<String> online(Invocation in) {
        String path = DeploymentVerbs.path(in.given("--endpoint-name"), in.given("--name"));
        Map<String, @Nullable Object> request = request(in);
        return () -> content(in, path, request);
    }

    private static int lines(Invocation in) {
        int lines = in.whole("--lines", LINES);
        if (lines < 1) {
            throw Invocation.usage("--lines: " + lines + " (expected: 1 or more)");
        }
        return lines;
    }

    /** What the service calls the container of the command line; null when that names none. */
    static @Nullable String container(Invocation in) {
        String container = in.text("--container");
        if (container != null) {
            String wire = CONTAINERS.get(container);
            if (wire == null) {
                throw Invocation.usage(
                        "--container: '"
                                + container
                                + "' is not known (expected: inference-server or"
                                + " storage-initializer)");
            }
            return wire;
        }
        return null;
    }

    private static Map<String, @Nullable Object> request(Invocation in) {
        Map<String, @Nullable Object> request = Tree.of("tail", lines(in));
        String container = container(in);
        if (container != null) {
            request.put("containerType", container);
        }
        return request;
    }

    private static String content(
            Invocation in, String path, Map<String, @Nullable Object> request) {
        Object answer = in.arm().post(path + "/getLogs", Versions.DEPLOYMENT, request).body();
        String content = Tree.text(answer, "content");
        if (content == null) {
            throw CommandFailed.failed("The service answered no log.");
        }
        return content;
    }

    /**
     * What stands in {@code now} after the end of {@code seen}: both are the ends of one growing
     * text, so the longest end of the one that begins the other is what they share.
     */
    static String added(String seen, String now) {
        if (now.startsWith(seen)) {
            return now.substring(seen.length());
        }
        for (int end = now.length(); end > 0; end = now.lastIndexOf('\n', end - 2) + 1) {
            if (seen.endsWith(now.substring(0, end))) {
                return now.substring(end);
            }
        }
        return now;
    }
}
