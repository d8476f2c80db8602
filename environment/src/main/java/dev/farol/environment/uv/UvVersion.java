package dev.farol.environment.uv;

import java.util.Comparator;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of uv. */
record UvVersion(int major, int minor, int patch) implements Comparable<UvVersion> {
    /** The oldest that has every option that Farol uses. */
    static final UvVersion OLDEST = new UvVersion(0, 9, 8);

    private static final Pattern ANSWER = Pattern.compile("^uv (\\d+)\\.(\\d+)\\.(\\d+).*");
    private static final Comparator<UvVersion> ORDER =
            Comparator.comparingInt(UvVersion::major)
                    .thenComparingInt(UvVersion::minor)
                    .thenComparingInt(UvVersion::patch);

    /** What {@code uv --version} answered. */
    static Optional<UvVersion> parse(String answer) {
        Matcher matcher = ANSWER.matcher(answer.strip());
        return matcher.matches()
                ? Optional.of(
                        new UvVersion(
                                Integer.parseInt(matcher.group(1)),
                                Integer.parseInt(matcher.group(2)),
                                Integer.parseInt(matcher.group(3))))
                : Optional.empty();
    }

    @Override
    public int compareTo(UvVersion other) {
        return ORDER.compare(this, other);
    }

    @Override
    public String toString() {
        return major + "." + minor + "." + patch;
    }
}
