package dev.farol.environment.local;

import dev.farol.environment.Lock;
import dev.farol.environment.interpreter.Interpreter;
import dev.farol.environment.process.Command;
import dev.farol.environment.process.Commands;
import dev.farol.environment.process.Outcome;
import dev.farol.environment.process.Script;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * Imports the packages that the user asked for, once after a build: font lists, compiled kernels
 * and the like are then there before the first worker. A package that cannot be imported here may
 * still work in a deployment (it may want a variable, a file, a graphics card), so that is a note.
 */
final class FirstImport {
    private static final Duration LIMIT = Duration.ofSeconds(90);

    private final Commands commands;
    private final Map<String, String> variables;
    private final boolean wanted;

    FirstImport(Commands commands, Map<String, String> variables, boolean wanted) {
        this.commands = commands;
        this.variables = variables;
        this.wanted = wanted;
    }

    List<String> run(Lock lock, Place place, Interpreter python, Consumer<String> progress)
            throws IOException, InterruptedException {
        if (!wanted || lock.direct().isEmpty()) {
            return List.of();
        }
        progress.accept("importing " + String.join(", ", lock.direct()));
        List<String> line =
                new ArrayList<>(
                        List.of(
                                place.python().toString(),
                                "-I",
                                "-c",
                                Script.text("first_import.py")));
        line.addAll(lock.direct());
        Outcome outcome =
                commands.run(
                        new Command(line, variables, place.folder(), LIMIT)
                                .guarded(python.path(), place.running().toString()));
        List<String> notes =
                new ArrayList<>(
                        outcome.output()
                                .lines()
                                .map(failure -> "cannot be imported: " + failure)
                                .toList());
        if (!outcome.succeeded()) {
            notes.add(
                    outcome.timeOver()
                            ? "importing took longer than " + LIMIT.toSeconds() + " s and was ended"
                            : "importing ended with exit code " + outcome.code());
        }
        notes.forEach(progress);
        return notes;
    }
}
