package dev.farol.environment.uv;

import dev.farol.environment.definition.Requirement;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Why uv gave up, taken from what it printed.
 *
 * @param text its reason in one line, without what repeats in every such message
 * @param unknown names that no index has, normalised
 * @param involved names that the reason speaks of as asked for, or as failing to build; normalised
 * @param unreachable whether an index did not answer
 */
public record Reason(String text, Set<String> unknown, Set<String> involved, boolean unreachable) {
    private static final int LONGEST = 500;
    private static final String NAME = "([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)";
    private static final Pattern UNKNOWN =
            Pattern.compile(
                    NAME + " was not found in (?:the package registry|the provided package)");
    private static final Pattern REQUIRED =
            Pattern.compile("you require " + NAME + "(?:\\[[^\\]]*])?(?=[\\s=<>!~{,.]|$)");
    private static final Pattern BUILT = Pattern.compile("`" + NAME + "(?:==[^`]*| @ [^`]*)`");
    private static final Pattern LABEL =
            Pattern.compile("^(?:\\s*[×╰─▶├│]+\\s*)+|^\\s*(?:error|cause):\\s*");
    private static final Pattern CONCLUSION =
            Pattern.compile(
                    ",? ?(?:we can conclude that )?(?:your requirements are unsatisfiable\\.?)");
    private static final List<String> SILENCE =
            List.of("error sending request", "Failed to fetch", "dns error", "tcp connect error");

    public static Reason of(String messages) {
        var text = new StringBuilder();
        boolean hint = false;
        for (String line : messages.lines().toList()) {
            if (line.startsWith("warning:") || line.startsWith("Using ")) {
                continue;
            }
            hint |= line.startsWith("hint:");
            String bare = LABEL.matcher(line).replaceFirst("").strip();
            if (!hint && !bare.isEmpty() && !bare.contains("No solution found when resolving")) {
                text.append(text.isEmpty() ? "" : " ").append(bare);
            }
        }
        String whole = text.toString();
        Set<String> unknown = names(UNKNOWN, whole);
        Set<String> involved = names(REQUIRED, whole);
        if (involved.isEmpty()) {
            involved = names(BUILT, whole);
        }
        boolean unreachable = SILENCE.stream().anyMatch(whole::contains);
        return new Reason(shortened(whole), unknown, involved, unreachable);
    }

    private static Set<String> names(Pattern pattern, String text) {
        Set<String> names = new LinkedHashSet<>();
        Matcher matcher = pattern.matcher(text);
        while (matcher.find()) {
            names.add(Requirement.normal(matcher.group(1)));
        }
        return names;
    }

    private static String shortened(String text) {
        String plain =
                CONCLUSION
                        .matcher(text)
                        .replaceAll("")
                        .replaceFirst("^Because ", "")
                        .replace("And because ", "And ")
                        .replace("we can conclude that ", "so ")
                        .strip();
        return plain.length() > LONGEST ? plain.substring(0, LONGEST) + "…" : plain;
    }
}
