package dev.farol.cli.verb;

import dev.farol.cli.CliContext;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.spec.FarolException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** Runs verbs, and tells failures the same way for all commands. */
public final class Runner {
    private final CliContext context;

    public Runner(CliContext context) {
        this.context = context;
    }

    /** The exit code, when the words are a faultless line of one of our verbs. */
    public OptionalInt quick(List<String> words) {
        if (words.isEmpty()) {
            return OptionalInt.empty();
        }
        Optional<Verb> single = Noun.single(words.getFirst());
        if (single.isPresent()) {
            return quick(single.get(), words.subList(1, words.size()));
        }
        if (words.size() < 2) {
            return OptionalInt.empty();
        }
        for (Noun noun : Noun.ALL) {
            if (noun.name().equals(words.getFirst())) {
                for (Verb verb : noun.verbs().get()) {
                    List<String> name = List.of(verb.name().split(" "));
                    int end = 1 + name.size();
                    if (words.size() >= end && words.subList(1, end).equals(name)) {
                        return quick(verb, words.subList(end, words.size()));
                    }
                }
            }
        }
        return OptionalInt.empty();
    }

    private OptionalInt quick(Verb verb, List<String> words) {
        boolean help = words.contains("--help") || words.contains("-h");
        var arguments = help ? null : Arguments.parse(verb, words);
        return arguments == null ? OptionalInt.empty() : OptionalInt.of(run(verb, arguments));
    }

    int run(Verb verb, Arguments arguments) {
        try (var invocation = new Invocation(context, arguments)) {
            verb.action().run(invocation);
            return 0;
        } catch (CommandFailed | FarolException failure) {
            return failed(failure);
        }
    }

    /** Prints a failure that was meant for the person; throws everything else again. */
    int failed(RuntimeException failure) {
        int code =
                switch (failure) {
                    case CommandFailed refused -> refused.exitCode();
                    case FarolException refused -> refused.code().kind().exitCode();
                    default -> throw failure;
                };
        context.out().flush();
        context.err().println("ERROR: " + failure.getMessage());
        context.err().flush();
        return code;
    }
}
