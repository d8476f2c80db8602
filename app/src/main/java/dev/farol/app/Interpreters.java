package dev.farol.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Which Python a user means. */
final class Interpreters {
    private Interpreters() {}

    /** The named one, else the active environment's, else python3 or python on the path. */
    static Path choose(@Nullable Path named, Map<String, String> variables)
            throws IOException, InterruptedException {
        if (named != null) {
            if (!Files.isExecutable(named)) {
                throw new ServeCommand.Refusal("--python: " + named + " is no program");
            }
            return asked(named);
        }
        Path found =
                Stream.concat(
                                Stream.of("VIRTUAL_ENV", "CONDA_PREFIX")
                                        .map(variables::get)
                                        .filter(folder -> folder != null && !folder.isEmpty())
                                        .map(folder -> Path.of(folder, "bin", "python")),
                                onPath(variables.getOrDefault("PATH", "")))
                        .filter(Files::isExecutable)
                        .findFirst()
                        .orElseThrow(
                                () ->
                                        new ServeCommand.Refusal(
                                                "There is no python3 on the path; --python names"
                                                        + " one."));
        return asked(found);
    }

    private static Stream<Path> onPath(String path) {
        return List.of("python3", "python").stream()
                .flatMap(
                        name ->
                                Stream.of(path.split(":"))
                                        .filter(folder -> !folder.isEmpty())
                                        .map(folder -> Path.of(folder, name)));
    }

    /** Its own word for where it is: a shim answers otherwise in other folders. */
    private static Path asked(Path program) throws IOException, InterruptedException {
        Process process =
                new ProcessBuilder(
                                program.toAbsolutePath().toString(),
                                "-c",
                                "import sys; print(sys.executable)")
                        .redirectErrorStream(true)
                        .start();
        String said =
                new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        if (process.waitFor() != 0 || said.isEmpty()) {
            throw new ServeCommand.Refusal(
                    program + " is no Python: " + said.lines().findFirst().orElse(""));
        }
        return Path.of(said);
    }
}
