package dev.farol.environment.process;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A program to run to its end.
 *
 * @param variables its whole environment
 * @param folder where it runs
 * @param limit it is ended after this time
 * @param messages gets each line of its standard error as it comes
 */
public record Command(
        List<String> line,
        Map<String, String> variables,
        Path folder,
        Duration limit,
        Consumer<String> messages) {
    public Command {
        line = List.copyOf(line);
        variables = Map.copyOf(variables);
    }

    public Command(List<String> line, Map<String, String> variables, Path folder, Duration limit) {
        this(line, variables, folder, limit, message -> {});
    }

    /**
     * The same program, watched over by a small Python process that ends it when Farol dies.
     *
     * @param python any interpreter from 3.8
     * @param lock a file that stays locked while the program runs, or {@code -}
     */
    public Command guarded(Path python, String lock) {
        List<String> all =
                new ArrayList<>(
                        List.of(
                                python.toString(),
                                "-I",
                                "-S",
                                "-c",
                                Script.text("guard.py"),
                                lock));
        all.addAll(line);
        return new Command(all, variables, folder, limit, messages);
    }
}
