package dev.farol.runtime.python;

import dev.farol.spec.ReplicaSpec;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** The command by which a person repeats what a worker does at its start, in the foreground. */
public final class PythonCheck {
    private PythonCheck() {}

    /**
     * @param sources what {@link PythonSources#unpack} answered
     */
    public static List<String> command(ReplicaSpec spec, Path sources) {
        ReplicaSpec.Script script = spec.requireScript();
        var command =
                new ArrayList<>(
                        List.of(
                                script.python(),
                                sources.resolve(PythonSources.WORKER).toString(),
                                "--check",
                                "--app-root",
                                script.appRoot(),
                                "--entry-script",
                                script.scoringScript()));
        if (spec.modelDir() != null) {
            command.addAll(List.of("--model-dir", spec.modelDir()));
        }
        return command;
    }
}
