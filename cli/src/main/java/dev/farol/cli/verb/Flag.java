package dev.farol.cli.verb;

import java.util.List;

/**
 * A flag of a verb.
 *
 * @param names the long name first: verbs ask for the value by it
 * @param label what stands for the value in the help; empty for a switch
 */
record Flag(List<String> names, String label, Kind kind, boolean required, String help) {
    /** How many values a flag takes. */
    enum Kind {
        SWITCH,
        TEXT,
        WHOLE,
        WORDS
    }

    static Flag text(String label, String help, String... names) {
        return new Flag(List.of(names), label, Kind.TEXT, false, help);
    }

    static Flag whole(String label, String help, String... names) {
        return new Flag(List.of(names), label, Kind.WHOLE, false, help);
    }

    static Flag words(String label, String help, String... names) {
        return new Flag(List.of(names), label, Kind.WORDS, false, help);
    }

    static Flag on(String help, String... names) {
        return new Flag(List.of(names), "", Kind.SWITCH, false, help);
    }

    Flag mandatory() {
        return new Flag(names, label, kind, true, help);
    }

    static final Flag FILE = text("FILE", "The YAML definition.", "--file", "-f");
    static final Flag SET =
            words("PATH=VALUE", "Change a value of the definition: a.b[0].c=d.", "--set");
    static final Flag ADD = words("PATH VALUE", "Append to a list of the definition.", "--add");
    static final Flag REMOVE =
            words("PATH", "Remove a key or list item of the definition.", "--remove");
    static final Flag TAGS = words("NAME=VALUE", "Tags: team=risk cost=42.", "--tags");
    static final Flag NO_WAIT = on("Return when the service has accepted.", "--no-wait");
    static final Flag YES = on("Do not ask.", "--yes", "-y");
    static final Flag LOCAL = on("On this machine, without a running Farol.", "--local");
    static final Flag DEBUG =
            on("Not offered: needs Docker; see AZUREML_DEBUG_PORT.", "--vscode-debug");

    static final Flag MAX_RESULTS = whole("COUNT", "No more than this.", "--max-results", "-r");
    static final Flag REGISTRY = text("NAME", "A registry, not the workspace.", "--registry-name");

    /** What every verb takes. */
    static final List<Flag> GLOBAL =
            List.of(
                    text(
                            "FORMAT",
                            "json (default), jsonc, yaml, yamlc, table, tsv or none.",
                            "--output",
                            "-o"),
                    text("JMESPATH", "Show a part of the result.", "--query"),
                    text("GROUP", "The resource group.", "--resource-group", "-g"),
                    text("NAME", "The workspace.", "--workspace-name", "-w"),
                    text("ID", "The subscription.", "--subscription"),
                    text("DIR", "The home folder of the Farol to talk to.", "--home"),
                    on("No progress, no hints: only errors.", "--only-show-errors"),
                    on("The same as without it; accepted for scripts.", "--verbose"),
                    on("Show every call to the service, without secrets.", "--debug"));
}
