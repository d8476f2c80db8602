package dev.farol.backend.verdict;

import dev.farol.spec.ErrorCode;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One kind of failure.
 *
 * @param name as in docs/verdicts.md
 * @param when what must hold beside the pattern
 * @param pattern is searched for
 * @param anywhere whether it may stand in any line of the log; else only in what was raised or
 *     reported
 * @param code null leaves it to the phase
 * @param message one sentence: what happened
 * @param fix one sentence: the likely remedy
 */
record Rule(
        String name,
        Predicate<Evidence> when,
        Pattern pattern,
        boolean anywhere,
        @Nullable ErrorCode code,
        Text message,
        Text fix) {
    /** A sentence about what was found. */
    @FunctionalInterface
    interface Text {
        String of(Hit hit);
    }

    /** A rule that fits, with the groups of its pattern. */
    record Hit(Evidence evidence, Matcher match) {
        String group(int number) {
            String text = match.group(number);
            return text == null ? "" : text;
        }
    }

    /** What a rule makes of a failure. */
    record Finding(String rule, ErrorCode code, String message, String fix) {}

    static final Pattern ANYTHING = Pattern.compile("");

    /** A rule on what was raised or reported. */
    static Rule error(String name, String regex, @Nullable ErrorCode code, Text message, Text fix) {
        return new Rule(name, e -> true, Pattern.compile(regex), false, code, message, fix);
    }

    /** A rule on any line. */
    static Rule log(String name, String regex, @Nullable ErrorCode code, Text message, Text fix) {
        return new Rule(name, e -> true, Pattern.compile(regex), true, code, message, fix);
    }

    /** A rule on the circumstances alone. */
    static Rule when(
            String name,
            Predicate<Evidence> when,
            @Nullable ErrorCode code,
            Text message,
            Text fix) {
        return new Rule(name, when, ANYTHING, false, code, message, fix);
    }

    /** This rule, with a further condition. */
    Rule and(Predicate<Evidence> further) {
        return new Rule(name, when.and(further), pattern, anywhere, code, message, fix);
    }

    Optional<Finding> apply(Evidence evidence) {
        if (!when.test(evidence)) {
            return Optional.empty();
        }
        Matcher match = pattern.matcher(anywhere ? evidence.everything() : evidence.error());
        if (!match.find()) {
            return Optional.empty();
        }
        var hit = new Hit(evidence, match);
        ErrorCode found = code == null ? byPhase(evidence) : code;
        return Optional.of(new Finding(name, found, message.of(hit), fix.of(hit)));
    }

    private static ErrorCode byPhase(Evidence evidence) {
        return switch (evidence.phase()) {
            case VALIDATE -> ErrorCode.INVALID_ARGUMENT;
            case ENVIRONMENT -> ErrorCode.ENVIRONMENT_UNRESOLVABLE;
            case MODEL -> ErrorCode.MODEL_UNAVAILABLE;
            case CODE -> ErrorCode.SCRIPT_INVALID;
            case INIT -> ErrorCode.INIT_FAILED;
            case PROBE -> ErrorCode.NOT_READY;
        };
    }
}
