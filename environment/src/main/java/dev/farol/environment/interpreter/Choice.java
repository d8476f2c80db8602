package dev.farol.environment.interpreter;

import org.jspecify.annotations.Nullable;

/**
 * The interpreter taken.
 *
 * @param found the versions that there were to choose from
 * @param note why it is not the one asked for; null where it is
 */
public record Choice(Interpreter interpreter, @Nullable String note, String found) {}
