package dev.farol.app;

import dev.farol.cli.Cli;
import dev.farol.cli.CliContext;
import java.io.IOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The whole command line as picocli knows it: the rooms' verbs and the host's own commands. Apart
 * from {@link Main}, because picocli's classes are of a format that no AOT cache takes, and a
 * command that does without them starts in half the time.
 */
final class CommandTree {
    private CommandTree() {}

    static int execute(CliContext context, String... arguments) {
        CommandLine line = Cli.create(context, List.of(arguments));
        Cli.add(context, line, "up", new CommandLine(new UpCommand()));
        Cli.add(context, line, "down", new CommandLine(new DownCommand()));
        Cli.add(context, line, "status", new CommandLine(new StatusCommand()));
        Cli.add(context, line, "env", new CommandLine(new EnvCommand()));
        Cli.add(context, line, "trust", new CommandLine(new TrustCommand()));
        Cli.add(context, line, "service-principal", ServicePrincipalCommand.line());
        Cli.add(context, line, "install-az-shim", new CommandLine(new AzShimCommand()));
        Cli.add(context, line, "python", new CommandLine(new PythonCommand()));
        Cli.add(context, line, "serve", new CommandLine(new ServeCommand()));
        Cli.add(context, line, "demo", new CommandLine(new DemoCommand()));
        if (SourceCommands.offered()) {
            for (String name : List.of("build", "test")) {
                Cli.add(context, line, name, SourceCommands.line(name));
            }
        }
        new HelpGroups()
                .startAt("online-endpoint", "Endpoints and what they serve, as in az ml:")
                .startAt("up", "Farol on this machine:")
                .startAt("build", "The sources:")
                .apply(line);
        line.getCommandSpec().version("farol " + Distribution.version());
        line.getCommandSpec()
                .addOption(
                        OptionSpec.builder("--version")
                                .versionHelp(true)
                                .description("Tell the version.")
                                .build());
        line.getSubcommands().values().forEach(CommandTree::explain);
        var others = line.getExecutionExceptionHandler();
        line.setExecutionExceptionHandler(
                (failure, command, parsed) ->
                        failure instanceof IOException broken
                                ? told(context, broken)
                                : others.handleExecutionException(failure, command, parsed));
        return line.execute(arguments);
    }

    /** Gives --help to a command, and to those below it, that have none. */
    private static void explain(CommandLine command) {
        if (command.getCommandSpec().findOption("--help") == null) {
            command.getCommandSpec().addOption(help());
        }
        command.getSubcommands().values().forEach(CommandTree::explain);
    }

    private static OptionSpec help() {
        return OptionSpec.builder("--help", "-h")
                .usageHelp(true)
                .description("Show this help.")
                .build();
    }

    /** What the machine refuses is said in one line; only a fault of Farol shows where it is. */
    private static int told(CliContext context, IOException failure) {
        context.out().flush();
        context.err().println("ERROR: " + MachineFault.text(failure));
        context.err().flush();
        return 1;
    }
}
