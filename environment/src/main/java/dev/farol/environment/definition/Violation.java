package dev.farol.environment.definition;

/**
 * Something in one line that cannot be understood or had. {@code line} is 0 where none is known.
 */
public record Violation(int line, String message) {}
