package dev.farol.app;

import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code farol env}: what a shell needs so that unmodified Azure clients find this Farol. */
@Command(
        name = "env",
        description = {
            "Print what points Azure clients at this Farol, for a shell to evaluate.",
            "",
            "  bash, zsh, sh   eval \"$(farol env)\"",
            "  fish            farol env --shell fish | source",
            "  PowerShell      farol env --shell powershell | Out-String | Invoke-Expression",
            ""
        },
        footer = {
            "",
            "Example: eval \"$(farol env)\"; python train.py; eval \"$(farol env --undo)\""
        })
final class EnvCommand implements Callable<Integer> {
    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The home folder; else FAROL_HOME, else ~/.farol.")
    @Nullable Path home;

    @Option(
            names = "--shell",
            paramLabel = "SHELL",
            description = "Whose language: " + ShellDialect.NAMES + " (default: bash).")
    @Nullable String shell;

    @Option(
            names = "--dotenv",
            paramLabel = "FILE",
            arity = "0..1",
            fallbackValue = "",
            description = "The format of .env files; into FILE, which only you can read.")
    @Nullable String dotenv;

    @Option(
            names = "--write-config",
            paramLabel = "DIR",
            arity = "0..1",
            fallbackValue = "",
            description =
                    "Write .azureml/config.json into DIR (default: here), for MLClient.from_config().")
    @Nullable String config;

    @Option(
            names = "--force",
            description = "With --write-config: replace a file that names another workspace.")
    boolean force;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text (default) or json: names to values, null for what must be unset.")
    OutputFormat output = OutputFormat.text;

    @Option(
            names = "--undo",
            description = "Restore the variables as they were before `farol env`.")
    boolean undo;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    @Override
    public Integer call() {
        var answer =
                new EnvAnswer(
                        System.getenv(), spec.commandLine().getOut(), spec.commandLine().getErr());
        return answer.give(request());
    }

    private EnvRequest request() {
        int forms =
                (dotenv == null ? 0 : 1)
                        + (config == null ? 0 : 1)
                        + (output == OutputFormat.json ? 1 : 0)
                        + (shell == null ? 0 : 1);
        if (forms > 1) {
            throw wrong("--shell, --dotenv, --write-config and -o json exclude one another");
        }
        if (undo && (dotenv != null || config != null)) {
            throw wrong("--undo is for a shell: it goes with --shell or -o json");
        }
        if (force && config == null) {
            throw wrong("--force goes with --write-config");
        }
        ShellDialect dialect =
                ShellDialect.named(shell == null ? "sh" : shell)
                        .orElseThrow(
                                () ->
                                        wrong(
                                                "--shell: '"
                                                        + shell
                                                        + "' is not known (expected: one of "
                                                        + ShellDialect.NAMES
                                                        + ")"));
        String file = dotenv != null ? dotenv : config;
        return new EnvRequest(
                home,
                form(),
                dialect,
                file == null || file.isEmpty() ? null : Path.of(file),
                undo,
                force);
    }

    private EnvRequest.Form form() {
        if (dotenv != null) {
            return EnvRequest.Form.DOTENV;
        }
        if (config != null) {
            return EnvRequest.Form.CONFIG;
        }
        return output == OutputFormat.json ? EnvRequest.Form.JSON : EnvRequest.Form.SCRIPT;
    }

    private ParameterException wrong(String what) {
        return new ParameterException(spec.commandLine(), what);
    }
}
