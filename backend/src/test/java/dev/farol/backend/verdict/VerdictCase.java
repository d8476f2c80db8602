package dev.farol.backend.verdict;

import dev.farol.backend.InstanceTypes;
import dev.farol.spec.Phase;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.ReplicaSpec.NativeModel;
import dev.farol.spec.RequestSettings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** A failure and the verdict it must get, as a text file tells them. */
record VerdictCase(Path file, Failure failure, String expected) {
    static VerdictCase read(Path file) {
        try {
            String text = Files.readString(file);
            int verdict = text.indexOf("--- verdict\n");
            String input = text.substring(0, verdict);
            return new VerdictCase(
                    file, failure(input), text.substring(verdict + "--- verdict\n".length()));
        } catch (IOException fault) {
            throw new UncheckedIOException(fault);
        }
    }

    static ReplicaSpec replica(String python, String appRoot, String modelDir) {
        return replica(python, appRoot, "score.py", modelDir);
    }

    private static ReplicaSpec replica(
            String python, String appRoot, String script, String modelDir) {
        return new ReplicaSpec(
                "credit-blue-1",
                "credit",
                "blue",
                new ReplicaSpec.Script(python, "env1", null, appRoot, script, 1),
                null,
                modelDir,
                Map.of(),
                RequestSettings.DEFAULT,
                Duration.ofSeconds(310),
                "/run/i",
                "/logs");
    }

    private static ReplicaSpec repository(String path) {
        return new ReplicaSpec(
                "credit-blue-1",
                "credit",
                "blue",
                null,
                new NativeModel(NativeModel.Kind.TRITON, "nets", path),
                path,
                Map.of(),
                RequestSettings.DEFAULT,
                Duration.ofSeconds(310),
                "/run/i",
                "/logs");
    }

    /** The rule that fits, its code, message and fix, a line each. */
    String verdict() {
        var evidence =
                new Evidence(
                        failure,
                        InstanceTypes.BUILT_IN,
                        port -> port == 5001 ? Optional.of("nginx (pid 7)") : Optional.empty());
        Rule.Finding finding = VerdictComposer.find(evidence);
        return "rule: "
                + finding.rule()
                + "\ncode: "
                + finding.code()
                + "\nmessage: "
                + finding.message()
                + "\nfix: "
                + finding.fix()
                + (evidence.exception() == null ? "" : "\nexception: " + evidence.exception())
                + (evidence.location() == null ? "" : "\nlocation: " + evidence.location())
                + "\n";
    }

    private static Failure failure(String input) {
        String[] parts = input.split("--- log\n", 2);
        String[] output = parts[1].split("--- faults\n", 2);
        var fields = new HashMap<String, String>();
        parts[0].lines()
                .forEach(
                        line -> {
                            String[] field = line.split(": ", 2);
                            fields.put(field[0], field[1]);
                        });
        String exit = fields.get("exit");
        return new Failure(
                cause(fields.get("cause").split(" ", 2)),
                Phase.valueOf(fields.get("phase").toUpperCase(Locale.ROOT)),
                fields.get("exception"),
                fields.get("location"),
                exit == null ? null : Integer.valueOf(exit),
                fields.get("message"),
                fields.containsKey("memory-short"),
                output[0].lines().toList(),
                output.length > 1 ? output[1].lines().toList() : List.of(),
                fields.containsKey("repository")
                        ? repository(fields.get("repository"))
                        : replica(
                                fields.getOrDefault("python", "/env/bin/python"),
                                "/code",
                                fields.getOrDefault("script", "score.py"),
                                fields.get("model")),
                "tiny");
    }

    private static Cause cause(String[] words) {
        return switch (words[0]) {
            case "reported" -> new Cause.Reported();
            case "exited" -> new Cause.Exited();
            case "worker-ended" -> new Cause.WorkerEnded();
            case "over-memory" -> {
                String[] bytes = words[1].split(" ", 2);
                yield new Cause.OverMemory(Long.parseLong(bytes[0]), Long.parseLong(bytes[1]));
            }
            case "overdue" -> {
                String[] how = words[1].split(" ", 2);
                yield new Cause.Overdue(
                        Duration.ofSeconds(Long.parseLong(how[0])), how[1].equals("listened"));
            }
            case "liveness" -> {
                String[] how = words[1].split(" ", 2);
                yield new Cause.LivenessLost(Integer.parseInt(how[0]), how[1]);
            }
            case "not-started" -> new Cause.NotStarted(words[1]);
            default -> throw new IllegalArgumentException(words[0]);
        };
    }
}
