package dev.farol.kit.config;

import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where values come from, the later winning: file, environment, flags.
 *
 * @param file a YAML file that must exist, or null
 * @param environment all variables of the process; those of Farol start with {@code FAROL_}
 * @param flags by key, such as {@code gateway.port}
 */
public record Sources(
        @Nullable Path file, Map<String, String> environment, Map<String, String> flags) {
    static final String PREFIX = "FAROL_";

    public Sources {
        environment = Map.copyOf(environment);
        flags = Map.copyOf(flags);
    }
}
