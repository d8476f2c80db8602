package dev.farol.kit.config;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** What environment and flags say, and which of it was asked for. */
final class Given {
    /** What Kubernetes sets for a service that happens to be called farol-something. */
    private static final Pattern SERVICE_LINK =
            Pattern.compile(".*_(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_\\d+_(TCP|UDP|SCTP)(_.*)?)");

    private static final Pattern SERVICE_URL = Pattern.compile("(tcp|udp|sctp)://.*");

    private final Map<String, String> environment = new TreeMap<>();
    private final Map<String, String> flags;
    private final Set<String> used = new HashSet<>();

    Given(Sources sources) {
        flags = new TreeMap<>(sources.flags());
        sources.environment()
                .forEach(
                        (name, value) -> {
                            if (name.startsWith(Sources.PREFIX) && !isServiceLink(name, value)) {
                                environment.put(name, value);
                            }
                        });
    }

    private static boolean isServiceLink(String name, String value) {
        return SERVICE_LINK.matcher(name).matches() || SERVICE_URL.matcher(value).matches();
    }

    /** A value and where it comes from. */
    record Value(String text, String source) {}

    /** The strongest text that stands for a key: a flag's, else the environment's. */
    @Nullable Value text(String key) {
        String variable = variable(key);
        used.add(variable);
        used.add(key);
        if (flags.containsKey(key)) {
            return new Value(flags.getOrDefault(key, ""), "flag " + key);
        }
        return environment.containsKey(variable)
                ? new Value(environment.getOrDefault(variable, ""), "environment " + variable)
                : null;
    }

    /** The flags below a key, by the rest of their names. */
    Map<String, Value> flagsBelow(String key) {
        Map<String, Value> below = new TreeMap<>();
        flags.forEach(
                (flag, text) -> {
                    if (flag.startsWith(key + ".")) {
                        used.add(flag);
                        below.put(
                                flag.substring(key.length() + 1), new Value(text, "flag " + flag));
                    }
                });
        return below;
    }

    /**
     * What nobody asked for: all such flags, and variables that start with the name of a part.
     *
     * @param parts the keys of the top
     * @param known all keys
     */
    List<ConfigProblem> unknown(List<String> parts, List<String> known) {
        List<ConfigProblem> problems = new ArrayList<>();
        for (String flag : flags.keySet()) {
            if (!used.contains(flag)) {
                problems.add(unknown(flag, "flag " + flag, Nearest.hint(flag, known)));
            }
        }
        List<String> variables = known.stream().map(Given::variable).toList();
        for (String variable : environment.keySet()) {
            boolean ours =
                    parts.stream().anyMatch(part -> variable.startsWith(variable(part) + "_"));
            if (ours && !used.contains(variable)) {
                String hint = Nearest.hint(variable, variables);
                problems.add(unknown(variable, "environment " + variable, hint));
            }
        }
        return problems;
    }

    static ConfigProblem unknown(String key, String source, String hint) {
        return new ConfigProblem(key, null, source, "unknown key; " + hint);
    }

    private static String variable(String key) {
        return Sources.PREFIX + key.toUpperCase(Locale.ROOT).replace('.', '_').replace('-', '_');
    }
}
