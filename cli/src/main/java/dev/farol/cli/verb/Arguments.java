package dev.farol.cli.verb;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The flags of a command line with their values, by the first name of each.
 *
 * <p>{@link #parse} reads a faultless line without picocli: picocli's classes are of a format that
 * no class archive of the JVM accepts, so that loading them costs more than everything else a verb
 * does. A line that has anything unusual is left to picocli, which explains it.
 */
record Arguments(Map<String, List<String>> values) {
    /** Nothing when the line is not plainly right. */
    static @Nullable Arguments parse(Verb verb, List<String> words) {
        if (verb.later()) {
            return loose(words);
        }
        var known = new HashMap<String, Flag>();
        for (List<Flag> flags : List.of(verb.flags(), Flag.GLOBAL)) {
            for (Flag flag : flags) {
                flag.names().forEach(name -> known.put(name, flag));
            }
        }
        var values = new HashMap<String, List<String>>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            Flag flag = known.get(equals < 0 ? word : word.substring(0, equals));
            if (flag == null) {
                return null;
            }
            var given = new ArrayList<String>();
            if (equals >= 0) {
                given.add(word.substring(equals + 1));
            }
            int most = most(flag);
            while (given.size() < most && i + 1 < words.size() && !dashed(words.get(i + 1))) {
                given.add(words.get(++i));
            }
            boolean again = values.containsKey(flag.names().getFirst());
            if (!fits(flag, given) || (again && flag.kind() != Flag.Kind.WORDS)) {
                return null;
            }
            values.computeIfAbsent(flag.names().getFirst(), name -> new ArrayList<>())
                    .addAll(given);
        }
        return complete(verb, values) ? new Arguments(values) : null;
    }

    /** Every word that begins with dashes is a flag, and what follows is its value. */
    private static Arguments loose(List<String> words) {
        var values = new HashMap<String, List<String>>();
        String flag = "";
        for (String word : words) {
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            if (dashed(word)) {
                flag = longName(equals < 0 ? word : word.substring(0, equals));
                values.computeIfAbsent(flag, name -> new ArrayList<>());
                word = equals < 0 ? "" : word.substring(equals + 1);
            }
            if (!flag.isEmpty() && !word.isEmpty()) {
                values.computeIfAbsent(flag, name -> new ArrayList<>()).add(word);
            }
        }
        return new Arguments(values);
    }

    private static String longName(String flag) {
        return switch (flag) {
            case "-f" -> "--file";
            case "-n" -> "--name";
            case "-e", "--endpoint" -> "--endpoint-name";
            case "-o" -> "--output";
            default -> flag;
        };
    }

    private static int most(Flag flag) {
        return switch (flag.kind()) {
            case SWITCH -> 0;
            case TEXT, WHOLE -> 1;
            case WORDS -> Integer.MAX_VALUE;
        };
    }

    private static boolean dashed(String word) {
        return word.startsWith("-") && word.length() > 1;
    }

    private static boolean fits(Flag flag, List<String> given) {
        return switch (flag.kind()) {
            case SWITCH -> given.isEmpty();
            case TEXT -> given.size() == 1;
            case WHOLE -> given.size() == 1 && given.getFirst().matches("[0-9]{1,9}");
            case WORDS -> !given.isEmpty();
        };
    }

    private static boolean complete(Verb verb, Map<String, List<String>> values) {
        return verb.flags().stream()
                .allMatch(flag -> !flag.required() || values.containsKey(flag.names().getFirst()));
    }

    boolean has(String flag) {
        return values.containsKey(flag);
    }

    @Nullable String text(String flag) {
        List<String> given = all(flag);
        return given.isEmpty() ? null : given.getLast();
    }

    List<String> all(String flag) {
        return values.getOrDefault(flag, List.of());
    }
}
