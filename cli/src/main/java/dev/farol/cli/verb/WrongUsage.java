package dev.farol.cli.verb;

import dev.farol.kit.Spelling;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * What is wrong with a command line, as a definition's mistakes are told: the word, what was
 * expected, and what was most likely meant.
 */
final class WrongUsage {
    private WrongUsage() {}

    static String text(CommandLine.ParameterException wrong) {
        CommandSpec command = wrong.getCommandLine().getCommandSpec();
        // Said before a flag that is missing: most likely it is the misspelt one.
        List<String> unmatched = wrong.getCommandLine().getUnmatchedArguments();
        if (!unmatched.isEmpty()) {
            return unmatched(command, unmatched.getFirst());
        }
        if (wrong.getArgSpec() instanceof OptionSpec option && wrong.getValue() != null) {
            String expected = expected(option);
            if (expected != null) {
                return "%s: '%s' (expected: %s)"
                        .formatted(option.longestName(), wrong.getValue(), expected);
            }
        }
        return String.valueOf(wrong.getMessage());
    }

    private static String unmatched(CommandSpec command, String word) {
        if (word.startsWith("-")) {
            String name = word.split("=", 2)[0];
            var flags = new ArrayList<String>();
            for (OptionSpec option : command.options()) {
                if (!option.hidden()) {
                    flags.addAll(Arrays.asList(option.names()));
                }
            }
            return name + ": unknown flag" + meant(name, flags);
        }
        List<String> known =
                command.subcommands().entrySet().stream()
                        .filter(each -> !each.getValue().getCommandSpec().usageMessage().hidden())
                        .map(Map.Entry::getKey)
                        .toList();
        if (known.isEmpty()) {
            return "'%s' is not expected here".formatted(word);
        }
        return "'%s' is no command of %s%s (expected: one of %s)"
                .formatted(
                        word,
                        command.qualifiedName(),
                        meant(word, known),
                        String.join(", ", known));
    }

    private static String meant(String word, List<String> known) {
        return Spelling.nearest(word, known).map(it -> ", did you mean " + it + "?").orElse("");
    }

    private static @Nullable String expected(ArgSpec option) {
        if (option.typeInfo().isMap()) {
            return option.paramLabel();
        }
        Class<?> type = option.type();
        if (type == int.class || type == Integer.class) {
            return "a whole number";
        }
        return type.isEnum()
                ? Arrays.stream(type.getEnumConstants())
                        .map(Object::toString)
                        .collect(Collectors.joining(", "))
                : null;
    }
}
