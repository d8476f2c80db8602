package dev.farol.environment.interpreter;

import org.jspecify.annotations.Nullable;

/**
 * The interpreter taken.
 *
 * @param note why it is not the one asked for; null where it is
 */
public record Choice(Interpreter interpreter, @Nullable String note) {}
