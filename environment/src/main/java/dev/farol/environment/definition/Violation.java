package dev.farol.environment.definition;

import org.jspecify.annotations.Nullable;

/**
 * Something in one line that cannot be understood or had.
 *
 * @param file that came with the definition; null for the definition itself
 * @param line 0 where none is known
 */
public record Violation(@Nullable String file, int line, String message) {
    public Violation(int line, String message) {
        this(null, line, message);
    }
}
