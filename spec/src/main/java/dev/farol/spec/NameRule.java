package dev.farol.spec;

import java.util.Optional;
import java.util.regex.Pattern;

/**
 * The name rules of contracts §1.6, each with the sentence that a user reads when a name breaks it.
 */
public enum NameRule {
    ENDPOINT(
            "[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?",
            3,
            32,
            "3 to 32 letters, digits and '-', starting with a letter and not ending with '-'"),
    DEPLOYMENT(
            "[a-zA-Z]([-a-zA-Z0-9]*[a-zA-Z0-9])?",
            3,
            32,
            "3 to 32 letters, digits and '-', starting with a letter and not ending with '-'"),
    ASSET(
            "[a-zA-Z0-9][a-zA-Z0-9\\-_.]{0,254}",
            1,
            255,
            "1 to 255 letters, digits, '-', '_' and '.', starting with a letter or digit"),
    WORKSPACE(
            "[a-zA-Z0-9][a-zA-Z0-9_-]{2,32}",
            3,
            33,
            "3 to 33 letters, digits, '_' and '-', starting with a letter or digit");

    private final Pattern pattern;
    private final int min;
    private final int max;
    private final String expected;

    NameRule(String regex, int min, int max, String expected) {
        this.pattern = Pattern.compile(regex);
        this.min = min;
        this.max = max;
        this.expected = expected;
    }

    /**
     * What is wrong with a name, as a sentence that names the value and what was expected; empty
     * when it is fine.
     */
    public Optional<String> violation(String name) {
        if (name.length() >= min && name.length() <= max && pattern.matcher(name).matches()) {
            return Optional.empty();
        }
        return Optional.of("'" + name + "' is not a valid name (expected: " + expected + ")");
    }

    /**
     * @throws FarolException {@link ErrorCode#INVALID_ARGUMENT} naming {@code target} when the name
     *     breaks the rule
     */
    public String check(String target, String name) {
        violation(name)
                .ifPresent(
                        message -> {
                            throw new FarolException(ErrorCode.INVALID_ARGUMENT, target, message);
                        });
        return name;
    }
}
