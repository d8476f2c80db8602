package dev.farol.environment.definition;

import java.util.Locale;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One package that the user asked for.
 *
 * @param file that came with the definition; null for the definition itself
 * @param line of it, from 1
 * @param original as the user wrote it
 * @param name on the package index, normalised; empty for a bare URL
 * @param text as pip and uv read it (PEP 508)
 */
public record Requirement(
        @Nullable String file, int line, String original, String name, String text) {
    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");

    public Requirement(int line, String original, String name, String text) {
        this(null, line, original, name, text);
    }

    /** What is wrong with it, at its place. */
    public Violation violation(String message) {
        return new Violation(file, line, message);
    }

    /** The name as package indexes compare it: lower case, one dash between parts (PEP 503). */
    public static String normal(String name) {
        return SEPARATORS.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("-");
    }

    public Requirement withText(String newName, String newText) {
        return new Requirement(file, line, original, newName, newText);
    }
}
