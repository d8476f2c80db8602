package dev.farol.cli.verb;

import dev.farol.cli.CliContext;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.spec.FarolException;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;

/**
 * The picocli model of all nouns and verbs, built from data: no annotations are read and no fields
 * are set, so that the start costs little.
 */
public final class Commands {
    private final CliContext context;

    public Commands(CliContext context) {
        this.context = context;
    }

    /**
     * @param arguments when the first names a noun, the verbs of the others are left out; empty
     *     means that everything is there
     */
    public CommandLine root(List<String> arguments) {
        CommandSpec root = group("farol", "A self-hosted inference platform.");
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        boolean one = Noun.ALL.stream().anyMatch(noun -> noun.name().equals(first));
        for (Noun noun : Noun.ALL) {
            CommandSpec spec = group(noun.name(), noun.about());
            if (!one || noun.name().equals(first)) {
                for (Verb verb : noun.verbs().get()) {
                    spec.addSubcommand(verb.name(), command(verb));
                }
            }
            root.addSubcommand(noun.name(), spec);
        }
        root.addSubcommand("completion", Completion.command(context));
        var line = new CommandLine(root);
        line.setUsageHelpWidth(Math.max(60, Math.min(context.width(), 120)));
        line.setExpandAtFiles(false);
        line.setInterpolateVariables(false);
        settle(line);
        return line;
    }

    /** Gives a command, and those below it, the streams and the way errors are told here. */
    public void settle(CommandLine line) {
        line.setOut(context.out());
        line.setErr(context.err());
        line.setParameterExceptionHandler(this::wrongUsage);
        line.setExecutionExceptionHandler(this::failed);
    }

    /** A command that is never run itself: what it misses is said, with the usage. */
    private static CommandSpec group(String name, String about) {
        return described(
                Body.command(
                        name,
                        spec -> {
                            throw new CommandLine.ParameterException(
                                    spec.commandLine(),
                                    "what to do is missing (one of "
                                            + String.join(", ", spec.subcommands().keySet())
                                            + ")");
                        }),
                about);
    }

    static CommandSpec described(CommandSpec spec, String about) {
        spec.usageMessage().description(about);
        spec.addOption(
                OptionSpec.builder("--help", "-h")
                        .usageHelp(true)
                        .description("Show this help.")
                        .build());
        return spec;
    }

    private CommandLine command(Verb verb) {
        CommandSpec spec = described(Body.command(verb.name(), run(verb)), verb.about());
        spec.usageMessage().abbreviateSynopsis(true);
        spec.usageMessage().footer("", "Example:", "  " + verb.example());
        var flags = new ArrayList<>(verb.flags());
        flags.addAll(Flag.GLOBAL);
        for (Flag flag : flags) {
            spec.addOption(option(flag));
        }
        return new CommandLine(spec);
    }

    private Body.Run run(Verb verb) {
        return spec -> {
            var parsed = spec.commandLine().getParseResult();
            try (var invocation = new Invocation(context, parsed)) {
                verb.action().run(invocation);
            }
            return 0;
        };
    }

    private static OptionSpec option(Flag flag) {
        OptionSpec.Builder option =
                OptionSpec.builder(flag.names().toArray(String[]::new))
                        .description(flag.help())
                        .required(flag.required());
        switch (flag.kind()) {
            case SWITCH -> option.type(boolean.class).arity("0");
            case TEXT -> option.type(String.class).arity("1").paramLabel(flag.label());
            case WHOLE -> option.type(Integer.class).arity("1").paramLabel(flag.label());
            case WORDS ->
                    option.type(List.class)
                            .auxiliaryTypes(String.class)
                            .arity("1..*")
                            .paramLabel(flag.label());
        }
        return option.build();
    }

    private int wrongUsage(CommandLine.ParameterException wrong, String[] arguments) {
        CommandLine command = wrong.getCommandLine();
        context.err().println("ERROR: " + wrong.getMessage());
        context.err().println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        context.err().flush();
        return 2;
    }

    private int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        context.out().flush();
        int code =
                switch (failure) {
                    case CommandFailed refused -> refused.exitCode();
                    case FarolException refused -> refused.code().kind().exitCode();
                    default -> throw failure;
                };
        context.err().println("ERROR: " + failure.getMessage());
        context.err().flush();
        return code;
    }
}
