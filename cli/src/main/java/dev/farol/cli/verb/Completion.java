package dev.farol.cli.verb;

import dev.farol.cli.CliContext;
import dev.farol.cli.arm.CommandFailed;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.PositionalParamSpec;

/** {@code farol completion}: a script that makes a shell complete verbs and flags. */
final class Completion {
    private Completion() {}

    static CommandLine command(CliContext context) {
        CommandSpec spec =
                Commands.described(
                        Body.command("completion", found -> print(context, found)),
                        "Print a completion script for a shell.");
        spec.usageMessage().footer("", "Example:", "  source <(farol completion bash)");
        spec.addPositional(
                PositionalParamSpec.builder()
                        .index("0")
                        .arity("1")
                        .type(String.class)
                        .paramLabel("SHELL")
                        .description("bash, zsh or fish.")
                        .build());
        return new CommandLine(spec);
    }

    private static int print(CliContext context, CommandSpec spec) {
        String shell = spec.commandLine().getParseResult().matchedPositionalValue(0, "");
        context.out().print(script(shell, spec.root().commandLine()));
        context.out().flush();
        return 0;
    }

    private static String script(String shell, CommandLine root) {
        return switch (shell) {
            case "bash", "zsh" -> AutoComplete.bash(root.getCommandName(), root);
            case "fish" -> fish(root);
            default ->
                    throw new CommandFailed(
                            2, "'" + shell + "' is not a shell (expected: bash, zsh or fish)");
        };
    }

    private static String fish(CommandLine root) {
        var script = new StringBuilder("complete -c farol -f\n");
        root.getSubcommands()
                .forEach(
                        (name, noun) -> {
                            if (hidden(noun)) {
                                return;
                            }
                            line(script, "__fish_use_subcommand", name);
                            String verbs = String.join(" ", noun.getSubcommands().keySet());
                            if (verbs.isEmpty()) {
                                flags(script, name, name, noun);
                            }
                            noun.getSubcommands()
                                    .forEach(
                                            (word, verb) -> {
                                                if (hidden(verb)) {
                                                    return;
                                                }
                                                line(
                                                        script,
                                                        "__fish_seen_subcommand_from "
                                                                + name
                                                                + "; and not"
                                                                + " __fish_seen_subcommand_from "
                                                                + verbs,
                                                        word);
                                                flags(script, name, word, verb);
                                            });
                        });
        return script.toString();
    }

    private static boolean hidden(CommandLine command) {
        return command.getCommandSpec().usageMessage().hidden();
    }

    private static void line(StringBuilder script, String when, String word) {
        script.append("complete -c farol -n '")
                .append(when)
                .append("' -a ")
                .append(word)
                .append('\n');
    }

    private static void flags(StringBuilder script, String noun, String word, CommandLine verb) {
        for (OptionSpec option : verb.getCommandSpec().options()) {
            script.append("complete -c farol -n '__fish_seen_subcommand_from ")
                    .append(noun)
                    .append("; and __fish_seen_subcommand_from ")
                    .append(word)
                    .append("' -l ")
                    .append(option.longestName().replaceFirst("^--", ""))
                    .append(option.arity().max() > 0 ? " -r -F" : "")
                    .append('\n');
        }
    }
}
