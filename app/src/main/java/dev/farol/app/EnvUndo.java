package dev.farol.app;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the variables of a shell were before {@code farol env} changed them, kept in a variable of
 * that very shell: {@code NAME=<base64>} for one that had a value, {@code NAME-} for one that had
 * none. So each shell has its own past, and the way back needs no running Farol.
 */
final class EnvUndo {
    static final String VARIABLE = "FAROL_ENV_UNDO";

    private static final Pattern ENTRY =
            Pattern.compile("([A-Za-z_][A-Za-z0-9_]*)(?:=([A-Za-z0-9_-]*)|-)");

    private EnvUndo() {}

    /**
     * The text to keep when {@code changes} are made to a shell whose variables were {@code
     * before}.
     */
    static String remember(Map<String, String> before, Map<String, @Nullable String> changes) {
        var text = new StringBuilder();
        changes.forEach(
                (name, value) -> {
                    String old = before.get(name);
                    // A variable that neither had a value nor gets one is none of our business.
                    if (old != null || value != null) {
                        text.append(text.isEmpty() ? "" : ",").append(name);
                        text.append(old == null ? "-" : "=" + encoded(old));
                    }
                });
        return text.toString();
    }

    /**
     * The changes that lead back; empty when this shell has nothing to undo.
     *
     * @throws FarolException when the variable does not hold what {@link #remember} wrote
     */
    static Map<String, @Nullable String> back(Map<String, String> environment) {
        String kept = environment.getOrDefault(VARIABLE, "");
        Map<String, @Nullable String> changes = new LinkedHashMap<>();
        if (kept.isEmpty()) {
            return changes;
        }
        for (String entry : kept.split(",", -1)) {
            var parsed = ENTRY.matcher(entry);
            if (!parsed.matches()) {
                throw broken(entry);
            }
            String value = parsed.group(2);
            try {
                changes.put(parsed.group(1), value == null ? null : decoded(value));
            } catch (IllegalArgumentException cut) {
                throw broken(entry);
            }
        }
        changes.put(VARIABLE, null);
        return changes;
    }

    private static FarolException broken(String entry) {
        return new FarolException(
                ErrorCode.INVALID_ARGUMENT,
                VARIABLE
                        + " holds '"
                        + entry
                        + "' (expected: what `farol env` wrote; open a new shell instead)");
    }

    /** The variables as they were before {@code farol env}, if it changed any. */
    static Map<String, String> before(Map<String, String> environment) {
        var before = new HashMap<>(environment);
        back(environment)
                .forEach(
                        (name, value) -> {
                            if (value == null) {
                                before.remove(name);
                            } else {
                                before.put(name, value);
                            }
                        });
        return before;
    }

    private static String encoded(String value) {
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(value.getBytes(StandardCharsets.UTF_8));
    }

    private static String decoded(String text) {
        return new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8);
    }
}
