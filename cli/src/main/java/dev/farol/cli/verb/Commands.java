package dev.farol.cli.verb;

import dev.farol.cli.CliContext;
import java.util.ArrayList;
import java.util.HashMap;
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
    private final Runner runner;

    public Commands(CliContext context) {
        this.context = context;
        this.runner = new Runner(context);
    }

    /**
     * @param arguments when they name a noun, and a verb of it, only that is there: every command
     *     of picocli costs milliseconds; empty means that everything is there
     */
    public CommandLine root(List<String> arguments) {
        CommandSpec root = group("farol", "A self-hosted inference platform.");
        String first = arguments.isEmpty() ? "" : arguments.getFirst();
        String second = arguments.size() < 2 ? "" : arguments.get(1);
        boolean named = Noun.ALL.stream().anyMatch(noun -> noun.name().equals(first));
        for (Noun noun : Noun.ALL) {
            if (!named || noun.name().equals(first)) {
                CommandSpec spec = noun(noun, named ? second : "");
                spec.usageMessage().hidden(noun.later());
                root.addSubcommand(noun.name(), spec);
            }
        }
        if (!named) {
            for (String name : Noun.SINGLE) {
                Noun.single(name).ifPresent(verb -> root.addSubcommand(name, command(verb)));
            }
            root.addSubcommand("completion", Completion.command(context));
        }
        var line = new CommandLine(root);
        line.setUsageHelpWidth(Math.max(60, Math.min(context.width(), 120)));
        line.setExpandAtFiles(false);
        line.setInterpolateVariables(false);
        settle(line);
        return line;
    }

    private CommandSpec noun(Noun noun, String verb) {
        CommandSpec spec = group(noun.name(), noun.about());
        List<Verb> verbs = noun.verbs().get();
        boolean named = verbs.stream().anyMatch(known -> first(known).equals(verb));
        for (Verb known : verbs) {
            if (!named || first(known).equals(verb)) {
                add(spec, known);
            }
        }
        return spec;
    }

    private static String first(Verb verb) {
        return verb.name().split(" ")[0];
    }

    /** A verb of two words gets a group of its own between the noun and itself. */
    private void add(CommandSpec noun, Verb verb) {
        String group = first(verb);
        if (group.equals(verb.name())) {
            noun.addSubcommand(group, command(verb));
            return;
        }
        CommandLine known = noun.subcommands().get(group);
        if (known == null) {
            known =
                    new CommandLine(
                            group(group, "The verbs of " + noun.name() + " " + group + "."));
            noun.addSubcommand(group, known);
        }
        known.addSubcommand(verb.name().substring(group.length() + 1), command(verb));
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
        String name = verb.name().substring(verb.name().lastIndexOf(' ') + 1);
        CommandSpec spec = described(Body.command(name, run(verb)), verb.about());
        spec.usageMessage().abbreviateSynopsis(true);
        spec.usageMessage().hidden(verb.later());
        spec.usageMessage().footer("", "Example:", "  " + verb.example());
        var flags = new ArrayList<>(verb.flags());
        flags.addAll(Flag.GLOBAL);
        for (Flag flag : flags) {
            spec.addOption(option(flag));
        }
        return new CommandLine(spec);
    }

    private Body.Run run(Verb verb) {
        return spec -> runner.run(verb, arguments(verb, spec.commandLine().getParseResult()));
    }

    private static Arguments arguments(Verb verb, CommandLine.ParseResult parsed) {
        var values = new HashMap<String, List<String>>();
        for (List<Flag> flags : List.of(verb.flags(), Flag.GLOBAL)) {
            for (Flag flag : flags) {
                String name = flag.names().getFirst();
                OptionSpec given = parsed.matchedOption(name);
                if (given != null) {
                    values.put(
                            name,
                            flag.kind() == Flag.Kind.SWITCH
                                    ? List.of()
                                    : List.copyOf(given.stringValues()));
                }
            }
        }
        return new Arguments(values);
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
        context.err().println("ERROR: " + WrongUsage.text(wrong));
        context.err().println("Help: " + command.getCommandSpec().qualifiedName() + " --help");
        context.err().flush();
        return 2;
    }

    private int failed(Exception failure, CommandLine command, CommandLine.ParseResult parsed)
            throws Exception {
        if (failure instanceof RuntimeException unchecked) {
            return runner.failed(unchecked);
        }
        throw failure;
    }
}
