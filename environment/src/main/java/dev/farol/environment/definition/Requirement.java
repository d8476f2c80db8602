package dev.farol.environment.definition;

import java.util.Locale;
import java.util.regex.Pattern;

/**
 * One package that the user asked for.
 *
 * @param line of the definition, from 1
 * @param original as the user wrote it
 * @param name on the package index, normalised; empty for a bare URL
 * @param text as pip and uv read it (PEP 508)
 */
public record Requirement(int line, String original, String name, String text) {
    private static final Pattern SEPARATORS = Pattern.compile("[-_.]+");

    /** The name as package indexes compare it: lower case, one dash between parts (PEP 503). */
    public static String normal(String name) {
        return SEPARATORS.matcher(name.toLowerCase(Locale.ROOT)).replaceAll("-");
    }

    public Requirement withText(String newName, String newText) {
        return new Requirement(line, original, newName, newText);
    }
}
