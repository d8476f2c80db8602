package dev.farol.cli.verb;

import dev.farol.cli.arm.Defaults;
import dev.farol.cli.doc.Tree;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code farol configure}: the group, workspace and location that other verbs then need not say.
 */
final class Configure {
    private static final List<String> NAMES =
            List.of("group", "workspace", "location", "subscription");

    private Configure() {}

    static Verb verb() {
        return new Verb(
                "configure",
                "Keep defaults for other commands; an empty value ends one.",
                "farol configure --defaults group=farol workspace=main",
                List.of(
                        Flag.words(
                                "NAME=VALUE",
                                "group, workspace, location or subscription.",
                                "--defaults",
                                "-d"),
                        Flag.on("List them.", "--list-defaults", "-l")),
                Configure::run);
    }

    private static void run(Invocation in) {
        Defaults defaults = Defaults.of(in.home());
        Map<String, String> given = given(in);
        if (given.isEmpty() && !in.has("--list-defaults")) {
            throw Invocation.usage(
                    "what to configure is missing (--defaults NAME=VALUE, or --list-defaults)");
        }
        if (!given.isEmpty()) {
            given.forEach(defaults::set);
            defaults.write();
        }
        if (in.has("--list-defaults")) {
            var list = new ArrayList<Object>();
            for (String name : NAMES) {
                String value = defaults.get(name);
                if (value != null) {
                    String source = defaults.file().toString();
                    list.add(Tree.of("name", name, "source", source, "value", value));
                }
            }
            in.print(list);
        }
    }

    private static Map<String, String> given(Invocation in) {
        var given = new LinkedHashMap<String, String>();
        for (String word : in.arguments("--defaults")) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                throw Invocation.usage(
                        "--defaults: '" + word + "' has no value (expected: name=value)");
            }
            String name = word.substring(0, equals).strip();
            if (!NAMES.contains(name)) {
                throw Invocation.usage(
                        "--defaults: '"
                                + name
                                + "' is no default (expected: "
                                + String.join(", ", NAMES)
                                + ")");
            }
            given.put(name, unquoted(word.substring(equals + 1).strip()));
        }
        return given;
    }

    /** {@code group=''} inside another quotation reaches us with its quotes; az takes it so too. */
    private static String unquoted(String value) {
        return value.equals("''") || value.equals("\"\"") ? "" : value;
    }
}
