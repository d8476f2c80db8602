package dev.farol.backend.verdict;

import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A command as one line that a POSIX shell understands. */
public final class ShellLine {
    private static final Pattern PLAIN = Pattern.compile("[A-Za-z0-9_@%+=:,./-]+");

    private ShellLine() {}

    public static String of(Map<String, String> environment, Iterable<String> arguments) {
        Stream<String> variables =
                new TreeMap<>(environment)
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + quote(entry.getValue()));
        Stream<String> words =
                java.util.stream.StreamSupport.stream(arguments.spliterator(), false)
                        .map(ShellLine::quote);
        return Stream.concat(variables, words).collect(Collectors.joining(" "));
    }

    static String quote(String word) {
        return PLAIN.matcher(word).matches() ? word : "'" + word.replace("'", "'\\''") + "'";
    }
}
