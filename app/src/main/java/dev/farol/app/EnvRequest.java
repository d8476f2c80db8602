package dev.farol.app;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What {@code farol env} was asked for.
 *
 * @param form what to write
 * @param shell whose language a script is written in
 * @param file where to write instead of standard output, or the folder that gets the configuration
 * @param force replace a configuration that says something else
 */
record EnvRequest(
        @Nullable Path home,
        Form form,
        ShellDialect shell,
        @Nullable Path file,
        boolean undo,
        boolean force) {
    /** What is written. */
    enum Form {
        SCRIPT,
        DOTENV,
        JSON,
        CONFIG
    }

    /**
     * The request of a command line that is plainly right; empty for any other, which picocli then
     * explains. A start without picocli takes half the time.
     */
    static Optional<EnvRequest> quick(List<String> words) {
        @Nullable Path home = null;
        ShellDialect shell = ShellDialect.POSIX;
        Form form = Form.SCRIPT;
        boolean undo = false;
        var rest = new ArrayDeque<>(words);
        while (!rest.isEmpty()) {
            String word = rest.poll();
            if (word.equals("--undo")) {
                undo = true;
                continue;
            }
            String value = rest.poll();
            if (value == null) {
                return Optional.empty();
            }
            if (word.equals("--home")) {
                home = Path.of(value);
            } else if (word.equals("--shell") && ShellDialect.named(value).isPresent()) {
                shell = ShellDialect.named(value).get();
            } else if (word.equals("-o") && value.equals("json")) {
                form = Form.JSON;
            } else {
                return Optional.empty();
            }
        }
        return Optional.of(new EnvRequest(home, form, shell, null, undo, false));
    }
}
