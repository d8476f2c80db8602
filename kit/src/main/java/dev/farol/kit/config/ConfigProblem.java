package dev.farol.kit.config;

import org.jspecify.annotations.Nullable;

/**
 * One thing wrong with the configuration.
 *
 * @param key such as {@code gateway.port}; empty for a file as a whole
 * @param value what was given, or null when something is missing; never a secret
 * @param source where it was given: {@code farol.yaml:12}, {@code environment FAROL_GATEWAY_PORT},
 *     {@code flag gateway.port}
 * @param message what was expected
 */
public record ConfigProblem(String key, @Nullable String value, String source, String message) {
    @Override
    public String toString() {
        String given = value == null ? "" : " = '" + value + "'";
        return (key.isEmpty() ? "" : key + given + " ") + "(" + source + "): " + message;
    }
}
