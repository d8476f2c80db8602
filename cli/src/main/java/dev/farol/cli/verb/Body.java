package dev.farol.cli.verb;

import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What picocli calls for a command: it learns which command that is after both are made. */
final class Body implements Callable<Integer> {
    private final Run run;
    private @Nullable CommandSpec spec;

    private Body(Run run) {
        this.run = run;
    }

    /** Runs a command and answers its exit code. */
    @FunctionalInterface
    interface Run {
        int of(CommandSpec spec);
    }

    /** A command that does {@code run}, without picocli looking for annotations. */
    static CommandSpec command(String name, Run run) {
        var body = new Body(run);
        CommandSpec spec = CommandSpec.wrapWithoutInspection(body).name(name);
        body.spec = spec;
        return spec;
    }

    @Override
    public Integer call() {
        CommandSpec known = spec;
        if (known == null) {
            throw new IllegalStateException("no command");
        }
        return run.of(known);
    }
}
