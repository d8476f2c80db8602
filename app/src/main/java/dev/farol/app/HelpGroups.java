package dev.farol.app;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SequencedMap;
import picocli.CommandLine;
import picocli.CommandLine.Help;
import picocli.CommandLine.Help.Column;
import picocli.CommandLine.Help.TextTable;
import picocli.CommandLine.Model.UsageMessageSpec;

/** The commands of the help, in groups: what is the service's, the machine's, the sources'. */
final class HelpGroups {
    private static final int INDENT = 2;

    private final Map<String, String> headings = new LinkedHashMap<>();

    /** From the command {@code first} on, in the order in which they were added. */
    HelpGroups startAt(String first, String heading) {
        headings.put(first, heading);
        return this;
    }

    void apply(CommandLine line) {
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST_HEADING, _ -> "");
        line.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_COMMAND_LIST, this::list);
    }

    private String list(Help help) {
        SequencedMap<String, Help> shown = new LinkedHashMap<>(help.subcommands());
        int name = shown.keySet().stream().mapToInt(String::length).max().orElse(0) + 2;
        int width = help.commandSpec().usageMessage().width();
        var text = new StringBuilder();
        TextTable table = table(help, name, width);
        for (var command : shown.sequencedEntrySet()) {
            String heading = headings.get(command.getKey());
            if (heading != null) {
                text.append(table).append(heading).append(System.lineSeparator());
                table = table(help, name, width);
            }
            String[] about = command.getValue().commandSpec().usageMessage().description();
            table.addRowValues(command.getKey(), about.length == 0 ? "" : about[0]);
        }
        return text.append(table).toString();
    }

    private static TextTable table(Help help, int name, int width) {
        return TextTable.forColumns(
                help.colorScheme(),
                new Column(name + INDENT, INDENT, Column.Overflow.SPAN),
                new Column(width - name - INDENT, 0, Column.Overflow.WRAP));
    }
}
