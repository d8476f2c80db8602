package dev.farol.cli.verb;

import dev.farol.cli.CliContext;
import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmAnswer;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Connection;
import dev.farol.cli.arm.Diagnostics;
import dev.farol.cli.arm.Operation;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.asset.Scope;
import dev.farol.cli.doc.OutputFormat;
import dev.farol.cli.doc.Tree;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One run of a verb: its flags, the service, and where its result goes. */
final class Invocation implements AutoCloseable {
    private final CliContext context;
    private final Arguments arguments;
    private final OutputFormat format;
    private @Nullable Arm arm;

    Invocation(CliContext context, Arguments arguments) {
        this.context = context;
        this.arguments = arguments;
        String word = text("--output", "json");
        this.format =
                OutputFormat.of(word)
                        .orElseThrow(
                                () ->
                                        usage(
                                                "--output: '"
                                                        + word
                                                        + "' is not a format (expected: "
                                                        + String.join(", ", OutputFormat.WORDS)
                                                        + ")"));
    }

    static CommandFailed usage(String text) {
        return new CommandFailed(2, text);
    }

    CliContext context() {
        return context;
    }

    @Nullable String text(String flag) {
        return arguments.text(flag);
    }

    String text(String flag, String otherwise) {
        String given = text(flag);
        return given == null ? otherwise : given;
    }

    /** The value of a flag that the command line must have. */
    String given(String flag) {
        String given = text(flag);
        if (given == null) {
            throw usage("Missing required option: " + flag);
        }
        return given;
    }

    int whole(String flag, int otherwise) {
        String given = arguments.text(flag);
        return given == null ? otherwise : Integer.parseInt(given);
    }

    boolean has(String flag) {
        return arguments.has(flag);
    }

    /** The words of a flag; several in one argument count as several. */
    List<String> words(String flag) {
        var words = new ArrayList<String>();
        for (String argument : arguments.all(flag)) {
            for (String word : argument.strip().split("\\s+")) {
                if (!word.isEmpty()) {
                    words.add(word);
                }
            }
        }
        return words;
    }

    /** The arguments of a flag as they are: their values may hold blanks. */
    List<String> arguments(String flag) {
        return arguments.all(flag);
    }

    /** Whether it is about this machine and no Farol. */
    boolean local() {
        if (has("--vscode-debug")) {
            throw usage(
                    "--vscode-debug is not offered: it needs Docker. To debug, set"
                            + " AZUREML_DEBUG_PORT in environment_variables, with debugpy in the"
                            + " environment, and attach to that port.");
        }
        return has("--local");
    }

    Path file(String name) {
        return context.workingDirectory().resolve(name).normalize();
    }

    /** The home folder of the Farol that this is about. */
    Path home() {
        String named = text("--home");
        return named == null ? context.homeFolder() : file(named);
    }

    Arm arm() {
        Arm open = arm;
        if (open == null) {
            Path home = home();
            Connection connection =
                    Connection.find(
                            context,
                            home,
                            text("--subscription"),
                            text("--resource-group"),
                            text("--workspace-name"));
            open =
                    new Arm(
                            context,
                            connection,
                            new Diagnostics(
                                    has("--debug") ? context.err() : null,
                                    has("--only-show-errors") ? null : context.err()));
            arm = open;
        }
        return open;
    }

    /** Where the workspace is, which every tracked resource repeats. */
    String location() {
        Object workspace = arm().get("", Versions.WORKSPACE).body();
        return Tree.textOr(workspace, "location", "local");
    }

    /** Says something beside the result, unless only errors are wanted. */
    void note(String text) {
        if (!has("--only-show-errors")) {
            context.err().println(text);
            context.err().flush();
        }
    }

    /** The registry that the command line names, or else the workspace. */
    Scope scope() {
        String registry = text("--registry-name");
        return registry == null ? Scope.WORKSPACE : Scope.registry(arm(), registry);
    }

    /** Waits for an operation unless {@code --no-wait}; answers whether it is over. */
    boolean wait(ArmAnswer accepted, String look) {
        if (has("--no-wait")) {
            return false;
        }
        Operation.await(context, arm(), accepted, look);
        return true;
    }

    /** Asks before something is lost, as {@code az} does. */
    void confirm() {
        if (has("--yes")) {
            return;
        }
        if (!context.interactive()) {
            throw CommandFailed.failed(
                    "Unable to prompt for confirmation as no tty available. Use --yes.");
        }
        context.err().print("Are you sure you want to perform this operation? (y/n): ");
        context.err().flush();
        String answer;
        try {
            answer = context.in().readLine();
        } catch (java.io.IOException closed) {
            answer = null;
        }
        if (answer == null || !answer.strip().toLowerCase(java.util.Locale.ROOT).startsWith("y")) {
            throw CommandFailed.failed("Operation cancelled.");
        }
    }

    /** Prints a result in the format, and the part, that the command line asks for. */
    void print(@Nullable Object result) {
        Object shown = Tree.sorted(result);
        String query = text("--query");
        if (query != null) {
            try {
                shown = OutputFormat.query(query, shown);
            } catch (IllegalArgumentException malformed) {
                throw usage("--query: " + malformed.getMessage());
            }
        }
        printText(format.render(shown));
    }

    void printText(String text) {
        context.out().print(text);
        context.out().flush();
    }

    @Override
    public void close() {
        if (arm != null) {
            arm.close();
        }
    }
}
