package dev.farol.cli.verb;

import java.time.Duration;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Values as the wire has them and as YAML has them. */
final class Words {
    private Words() {}

    /** {@code SystemAssigned} to {@code system_assigned}; {@code AADToken} to {@code aad_token}. */
    static @Nullable String snake(@Nullable String wire) {
        if (wire == null) {
            return null;
        }
        return switch (wire.toLowerCase(Locale.ROOT)) {
            case "amltoken" -> "aml_token";
            case "aadtoken" -> "aad_token";
            default -> wire.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toLowerCase(Locale.ROOT);
        };
    }

    /** {@code PT0.5S} to 500; text that is no duration stays away. */
    static @Nullable Long millis(@Nullable String iso) {
        try {
            return iso == null ? null : (Long) Duration.parse(iso).toMillis();
        } catch (DateTimeParseException malformed) {
            return null;
        }
    }

    static @Nullable Long seconds(@Nullable String iso) {
        Long millis = millis(iso);
        return millis == null ? null : (Long) (millis / 1000);
    }

    static @Nullable String ofMillis(@Nullable Object millis) {
        return millis instanceof Number number
                ? Duration.ofMillis(number.longValue()).toString()
                : null;
    }

    static @Nullable String ofSeconds(@Nullable Object seconds) {
        return seconds instanceof Number number
                ? Duration.ofSeconds(number.longValue()).toString()
                : null;
    }
}
