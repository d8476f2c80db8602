package dev.farol.environment.definition;

import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of Python.
 *
 * @param patch -1 where only {@code major.minor} is said; {@code minor} likewise
 */
public record PythonVersion(int major, int minor, int patch) implements Comparable<PythonVersion> {
    private static final Pattern NUMBERS =
            Pattern.compile("^(\\d+)(?:\\.(\\d+))?(?:\\.(\\d+))?.*$");
    private static final Comparator<PythonVersion> ORDER =
            Comparator.comparingInt(PythonVersion::major)
                    .thenComparingInt(PythonVersion::minor)
                    .thenComparingInt(PythonVersion::patch);

    /**
     * @throws IllegalArgumentException when the text does not start with a number
     */
    public static PythonVersion parse(String text) {
        Matcher matcher = NUMBERS.matcher(text);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("Not a version of Python: " + text);
        }
        return new PythonVersion(
                Integer.parseInt(matcher.group(1)),
                number(matcher.group(2)),
                number(matcher.group(3)));
    }

    private static int number(String text) {
        return text == null ? -1 : Integer.parseInt(text);
    }

    public boolean sameMinor(PythonVersion other) {
        return major == other.major && minor == other.minor;
    }

    /** Whether {@code full} is this version or, where this leaves parts open, one of it. */
    public boolean covers(PythonVersion full) {
        return major == full.major
                && (minor < 0 || minor == full.minor)
                && (patch < 0 || patch == full.patch);
    }

    @Override
    public int compareTo(PythonVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + (minor < 0 ? "" : "." + minor) + (patch < 0 ? "" : "." + patch);
    }
}
