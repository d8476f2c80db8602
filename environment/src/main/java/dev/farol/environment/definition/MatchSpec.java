package dev.farol.environment.definition;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One conda dependency ({@code conda-forge::numpy=1.26=py311_0}), taken apart and told in pip's
 * grammar. Channel and build have no meaning there.
 *
 * @param name lower case, as conda knows it
 * @param extras {@code [standard]} or empty
 * @param version clauses of PEP 440 joined by commas; empty for any version
 * @param build conda's build string, when there was one
 */
record MatchSpec(String name, String extras, String version, @Nullable String build) {
    private static final Pattern CHANNEL = Pattern.compile("^[^\\s=<>!\\[]+::");
    private static final Pattern PARTS =
            Pattern.compile("^([A-Za-z0-9_][A-Za-z0-9_.-]*)\\s*(\\[[^\\]]*])?\\s*(.*)$");
    private static final Pattern AROUND_OPERATORS = Pattern.compile("\\s*([<>=!~,|]+)\\s*");
    private static final Pattern WITH_BUILD =
            Pattern.compile("^((?:[<>=!~]=?|==)?[^=<>!~,|]+)=([^=,|]+)$");
    private static final Pattern CLAUSE = Pattern.compile("^(==|>=|<=|!=|~=|=|>|<)?(.+)$");
    private static final Pattern KEYED =
            Pattern.compile("(\\w+)\\s*=\\s*(?:'([^']*)'|\"([^\"]*)\"|([^,'\"]+))");
    private static final Pattern PEP440 =
            Pattern.compile(
                    "v?(\\d+!)?\\d+(\\.\\d+)*"
                            + "([-_.]?(a|b|c|rc|alpha|beta|pre|preview)[-_.]?\\d*)?"
                            + "([-_.]?(post|rev|r)[-_.]?\\d*)?([-_.]?dev[-_.]?\\d*)?"
                            + "(\\+[a-z0-9.]+)?(\\.\\*)?",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern PLAIN = Pattern.compile("\\d+(\\.\\d+)*");

    static MatchSpec parse(String text) throws Refused {
        String bare = CHANNEL.matcher(text.strip()).replaceFirst("");
        Matcher parts = PARTS.matcher(bare);
        if (!parts.matches()) {
            throw new Refused("'" + text + "' is not a conda dependency such as numpy=1.26");
        }
        String name = parts.group(1).toLowerCase(Locale.ROOT);
        String bracket = parts.group(2);
        String rest = AROUND_OPERATORS.matcher(parts.group(3).strip()).replaceAll("$1");
        String extras = "";
        String build = null;
        if (bracket != null && bracket.contains("=")) {
            Matcher keys = KEYED.matcher(bracket.substring(1, bracket.length() - 1));
            while (keys.find()) {
                String value = value(keys);
                switch (keys.group(1)) {
                    case "version" -> rest = AROUND_OPERATORS.matcher(value).replaceAll("$1");
                    case "build" -> build = value;
                    default -> {}
                }
            }
        } else if (bracket != null) {
            extras = bracket;
        }
        String[] words = rest.split("\\s+", 2);
        if (words.length == 2) {
            build = words[1];
        }
        String version = words[0];
        Matcher withBuild = WITH_BUILD.matcher(version);
        if (withBuild.matches()) {
            build = withBuild.group(2);
            version = exactly(withBuild.group(1));
        }
        return new MatchSpec(name, extras, clauses(version, text), build);
    }

    private static String value(Matcher keys) {
        for (int group = 2; group <= 4; group++) {
            String value = keys.group(group);
            if (value != null) {
                return value.strip();
            }
        }
        return "";
    }

    /** {@code =1.2=build} names one file, so the fuzzy {@code =} means exactly that version. */
    private static String exactly(String version) {
        return version.startsWith("=") && !version.startsWith("==") ? "=" + version : version;
    }

    private static String clauses(String version, String text) throws Refused {
        if (version.isEmpty() || version.equals("*") || version.equals("=*")) {
            return "";
        }
        if (version.contains("|")) {
            throw new Refused(
                    "'" + text + "': pip has no 'or' ('|') between versions: name one range");
        }
        List<String> clauses = new ArrayList<>();
        for (String clause : version.split(",")) {
            if (!clause.isBlank() && !clause.equals("*")) {
                clauses.add(clause(clause, text));
            }
        }
        return String.join(",", clauses);
    }

    private static String clause(String clause, String text) throws Refused {
        Matcher matcher = CLAUSE.matcher(clause);
        if (!matcher.matches()) {
            throw new Refused("'" + text + "': '" + clause + "' is not a version");
        }
        String operator = matcher.group(1) == null ? "==" : matcher.group(1);
        String number = matcher.group(2);
        boolean glob = number.endsWith("*");
        String stem = number.replaceAll("\\.?\\*$", "");
        if (!PEP440.matcher(stem).matches()) {
            throw new Refused("'" + text + "': pip cannot read the version '" + number + "'");
        }
        return switch (operator) {
            case "=" -> PLAIN.matcher(stem).matches() ? "==" + stem + ".*" : "==" + stem;
            case "==", "!=" -> operator + stem + (glob ? ".*" : "");
            default -> operator + stem;
        };
    }

    /** {@code ==4.5.5} as {@code ==4.5.5.*}, for packages with longer versions on the index. */
    MatchSpec fuzzy() {
        return new MatchSpec(
                name, extras, version.replaceAll("==(\\d+(?:\\.\\d+)*)(?=,|$)", "==$1.*"), build);
    }
}
