package dev.farol.app;

import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;

/**
 * What the launcher does by itself where there are sources, because it must work before anything is
 * built. Here it is known by name only, for the help, completion and misspellings.
 */
final class SourceCommands {
    private static final Map<String, String> ABOUT =
            Map.of(
                    "build", "Build what has changed; the other commands do so by themselves.",
                    "test", "Build, then pass the tests; --full adds the slow checks.");

    private SourceCommands() {}

    static boolean offered() {
        return Files.exists(Distribution.root().resolve("pom.xml"));
    }

    static CommandLine line(String name) {
        CommandSpec spec =
                CommandSpec.wrapWithoutInspection((Callable<Integer>) () -> refuse(name));
        spec.name(name);
        spec.usageMessage().description(ABOUT.get(name));
        return new CommandLine(spec);
    }

    private static int refuse(String name) {
        System.err.println(
                "ERROR: the launcher does this: "
                        + Distribution.root().resolve("farol")
                        + " "
                        + name);
        return 2;
    }
}
