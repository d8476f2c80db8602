package dev.farol.backend.local;

import dev.farol.backend.Command;
import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Starts processes with an environment of which everything is known. */
final class ProcessLauncher {
    private static final long LARGEST_FAULT_FILE = 1L << 20;

    private final Map<String, String> inherited;

    /**
     * @param environment Farol's own
     * @param names what may be handed on; a name that ends in {@code *} stands for a prefix
     */
    ProcessLauncher(Map<String, String> environment, List<String> names) {
        var kept = new HashMap<String, String>();
        environment.forEach(
                (name, value) -> {
                    if (names.stream().anyMatch(pattern -> fits(pattern, name))) {
                        kept.put(name, value);
                    }
                });
        this.inherited = Map.copyOf(kept);
    }

    /**
     * @param mark says whose the process is
     * @param errors gets its standard error; begun anew when it has grown large
     */
    Process start(Command command, String mark, Path folder, Path errors) throws IOException {
        var builder = new ProcessBuilder(command.arguments());
        Map<String, String> environment = builder.environment();
        environment.clear();
        environment.putAll(inherited);
        environment.putAll(command.environment());
        environment.put(ProcessTree.MARK, mark);
        builder.directory(folder.toFile());
        File file = errors.toFile();
        boolean large = Files.exists(errors) && Files.size(errors) > LARGEST_FAULT_FILE;
        builder.redirectError(large ? Redirect.to(file) : Redirect.appendTo(file));
        return builder.start();
    }

    private static boolean fits(String pattern, String name) {
        return pattern.endsWith("*")
                ? name.startsWith(pattern.substring(0, pattern.length() - 1))
                : name.equals(pattern);
    }
}
