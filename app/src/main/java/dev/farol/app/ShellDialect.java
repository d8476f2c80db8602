package dev.farol.app;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a shell sets a variable, and how it forgets one. */
enum ShellDialect {
    POSIX {
        @Override
        String set(String name, String value) {
            return "export " + name + "=" + quoted(value, "'", "'\\''") + ";";
        }

        @Override
        String unset(String name) {
            return "unset " + name + ";";
        }
    },
    FISH {
        @Override
        String set(String name, String value) {
            return "set -gx "
                    + name
                    + " '"
                    + value.replace("\\", "\\\\").replace("'", "\\'")
                    + "';";
        }

        @Override
        String unset(String name) {
            return "set -e " + name + ";";
        }
    },
    POWERSHELL {
        /** To PowerShell the typographic quotes are quotes too. */
        private static final List<String> QUOTES =
                List.of("'", "\u2018", "\u2019", "\u201a", "\u201b");

        @Override
        String set(String name, String value) {
            String text = value;
            for (String quote : QUOTES) {
                text = text.replace(quote, quote + quote);
            }
            return "$env:" + name + " = '" + text + "'";
        }

        @Override
        String unset(String name) {
            return "$env:" + name + " = $null";
        }
    };

    static final String NAMES = "bash, zsh, sh, fish, powershell";

    /** The dialect of a shell that people call {@code name}. */
    static Optional<ShellDialect> named(String name) {
        return switch (name.toLowerCase(Locale.ROOT)) {
            case "bash", "zsh", "sh" -> Optional.of(POSIX);
            case "fish" -> Optional.of(FISH);
            case "powershell", "pwsh" -> Optional.of(POWERSHELL);
            default -> Optional.empty();
        };
    }

    abstract String set(String name, String value);

    abstract String unset(String name);

    /**
     * A script that sets what has a value and forgets what has none; forgets first, because a shell
     * may end that with a status of its own.
     */
    String script(Map<String, @Nullable String> variables) {
        var script = new StringBuilder();
        variables.forEach(
                (name, value) -> {
                    if (value == null) {
                        script.append(unset(name)).append('\n');
                    }
                });
        variables.forEach(
                (name, value) -> {
                    if (value != null) {
                        script.append(set(name, value)).append('\n');
                    }
                });
        return script.toString();
    }

    private static String quoted(String value, String quote, String inner) {
        return quote + value.replace(quote, inner) + quote;
    }
}
