package dev.farol.kit.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A secret that the configuration refers to, as {@code ${file:/path}} or {@code ${env:NAME}}; it
 * never prints its value.
 */
public final class Secret {
    private static final Pattern REFERENCE = Pattern.compile("\\$\\{(file|env):(.+)}");

    private final String reference;
    private final String value;

    private Secret(String reference, String value) {
        this.reference = reference;
        this.value = value;
    }

    static boolean isReference(String text) {
        return REFERENCE.matcher(text).matches();
    }

    /**
     * Follows a reference; the white space at the end of a file does not count.
     *
     * @throws IllegalArgumentException when it leads nowhere, or is none
     */
    static Secret resolve(String reference, Map<String, String> environment) {
        Matcher matcher = REFERENCE.matcher(reference);
        if (!matcher.matches()) {
            throw new IllegalArgumentException(
                    "expected a reference, ${file:/path} or ${env:NAME}, not the secret itself");
        }
        String target = matcher.group(2);
        if (matcher.group(1).equals("file")) {
            try {
                return new Secret(reference, Files.readString(Path.of(target)).stripTrailing());
            } catch (IOException e) {
                throw new IllegalArgumentException("the file cannot be read: " + e, e);
            }
        }
        String value = environment.get(target);
        if (value == null) {
            throw new IllegalArgumentException("the variable is not set");
        }
        return new Secret(reference, value);
    }

    /** A secret made in the program, such as a generated password. */
    public static Secret of(String value) {
        return new Secret("(generated)", value);
    }

    /** The secret itself. */
    public String reveal() {
        return value;
    }

    /** Where it comes from. */
    public String reference() {
        return reference;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Secret secret && secret.value.equals(value);
    }

    @Override
    public int hashCode() {
        return value.hashCode();
    }

    /** The reference, not the value. */
    @Override
    public String toString() {
        return reference;
    }
}
