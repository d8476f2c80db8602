package dev.farol.app;

import dev.farol.environment.Definition;
import dev.farol.environment.Environments;
import dev.farol.environment.PythonEnvironment;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code farol python}: runs a script in the very environment that a deployment of this conda file
 * gets.
 */
@Command(
        name = "python",
        description =
                "Run Python in the environment that a deployment with this conda file would get.",
        footer = {"", "Example: farol python --conda-file environment/conda.yaml train.py"})
final class PythonCommand implements Callable<Integer> {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The home folder; else FAROL_HOME, else ~/.farol.")
    @Nullable Path home;

    @Option(
            names = "--conda-file",
            paramLabel = "FILE",
            required = true,
            description = "The conda environment file.")
    @SuppressWarnings("NullAway.Init") // picocli refuses the command without it
    Path condaFile;

    @Parameters(
            paramLabel = "ARGUMENT",
            description = "The script and what it gets; as after python.")
    List<String> arguments = new ArrayList<>();

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Home folder = Home.of(home);
        PrintWriter err = spec.commandLine().getErr();
        if (!Files.isRegularFile(condaFile)) {
            err.println("--conda-file: " + condaFile + " is no file");
            return 2;
        }
        PythonEnvironment environment;
        var config = ServerSettings.read(folder, java.util.Map.of()).value().environment();
        try (var environments =
                Environments.local(config, folder.folder(), LocalRoles.host(folder))) {
            var lock =
                    environments.resolve(
                            new Definition(Files.readString(condaFile), condaFile.toString()),
                            line -> progress(err, line));
            environment = environments.build(lock, line -> progress(err, line));
        } catch (FarolException refused) {
            err.println(refused.getMessage());
            return refused.code().kind().exitCode();
        }
        var command = new ArrayList<>(List.of(environment.python().toString()));
        command.addAll(arguments);
        spec.commandLine().getOut().flush();
        return new ProcessBuilder(command).inheritIO().start().waitFor();
    }

    private static void progress(PrintWriter err, String line) {
        err.println("  " + line);
        err.flush();
    }
}
