package dev.farol.app;

import dev.farol.kit.Json;
import dev.farol.kit.Trees;
import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.Replica;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.runtime.python.PythonConfig;
import dev.farol.runtime.python.PythonRuntime;
import dev.farol.runtime.python.PythonSources;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.RequestSettings;
import dev.farol.wire.Listen;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * {@code farol serve}: one scoring script in the foreground, with no Farol behind it, the way
 * {@code azmlinfsrv} does it.
 */
@Command(
        name = "serve",
        description =
                "Serve a scoring script on this machine until Ctrl-C, without a running Farol: what"
                        + " azmlinfsrv does, with its flags.",
        footer = {"", "Example: farol serve --entry_script score.py --model_dir . --port 5001"})
final class ServeCommand implements Callable<Integer> {
    private static final int USAGE = 2;
    private static final int HEALTH_PORT = 5000;
    private static final int MANY = 1024;

    /** The script's own limit, SCORING_TIMEOUT_MS, is the one that counts here. */
    private static final Duration LONG = Duration.ofDays(2);

    @Option(
            names = "--entry_script",
            paramLabel = "FILE",
            description = "The scoring script, relative or absolute.")
    @Nullable Path entryScript;

    @Option(
            names = "--model_dir",
            paramLabel = "DIR",
            description = "What the script finds in AZUREML_MODEL_DIR.")
    @Nullable Path modelDir;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description = "Where it answers (default 5001); 0 means any free one.")
    int port = 5001;

    @Option(
            names = "--health_port",
            paramLabel = "PORT",
            description =
                    "Where it answers too if SEPERATE_HEALTH_ENDPOINT is true (default 5000).")
    @Nullable Integer healthPort;

    @Option(
            names = "--worker_count",
            paramLabel = "N",
            description = "Processes that run the script (default 1, or WORKER_COUNT).")
    @Nullable Integer workerCount;

    @Option(
            names = "--config_file",
            paramLabel = "FILE",
            description = "A JSON file with settings; its keys are names of environment variables.")
    @Nullable Path configFile;

    @Option(
            names = "--access_control_allow_origins",
            paramLabel = "ORIGINS",
            description = "Lets browsers call from these origins, separated by commas.")
    @Nullable String origins;

    @Option(
            names = "--appinsights_instrumentation_key",
            paramLabel = "KEY",
            description = "Taken for the sake of scripts that pass it; nothing is sent anywhere.")
    @Nullable String insightsKey;

    @Option(
            names = "--host",
            paramLabel = "ADDRESS",
            description = "The address to listen on (default 127.0.0.1; 0.0.0.0 means all).")
    String host = "127.0.0.1";

    @Option(
            names = "--python",
            paramLabel = "PATH",
            description =
                    "The interpreter; else that of the active environment, else python3 on the path.")
    @Nullable Path python;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        PrintWriter err = spec.commandLine().getErr();
        Map<String, String> variables = new HashMap<>(System.getenv());
        Path interpreter;
        String script;
        try {
            check();
            interpreter = Interpreters.choose(python, variables);
            script = script();
            fill(variables);
        } catch (Refusal refusal) {
            err.println(refusal.getMessage());
            return USAGE;
        }
        Path work = Files.createTempDirectory("farol-serve-");
        try {
            return serve(replicaSpec(variables, interpreter, script, work), work, err);
        } finally {
            delete(work);
        }
    }

    private void check() {
        port("--port", port);
        if (healthPort != null) {
            port("--health_port", healthPort);
        }
        if (workerCount != null && workerCount < 1) {
            throw new Refusal("--worker_count: " + workerCount + " (expected: 1 or more)");
        }
        if (modelDir != null && !Files.exists(modelDir)) {
            throw new Refusal("--model_dir: " + modelDir + " does not exist");
        }
        if (configFile != null && !Files.isRegularFile(configFile)) {
            throw new Refusal("--config_file: " + configFile + " is no file");
        }
        if (entryScript == null && configFile == null) {
            throw new Refusal(
                    "Either --entry_script names the scoring script, or --config_file a file with"
                            + " AZUREML_ENTRY_SCRIPT.");
        }
    }

    private static void port(String option, int value) {
        if (value < 0 || value > 65535) {
            throw new Refusal(option + ": " + value + " (expected: 0 to 65535)");
        }
    }

    /** Absolute; the file exists. */
    private String script() throws IOException {
        if (entryScript != null) {
            if (!Files.isRegularFile(entryScript)) {
                throw new Refusal("--entry_script: " + entryScript + " is no file");
            }
            return entryScript.toRealPath().toString();
        }
        Path named = appRoot().resolve(configured("AZUREML_ENTRY_SCRIPT", "main.py"));
        if (!Files.isRegularFile(named)) {
            throw new Refusal(
                    "AZUREML_ENTRY_SCRIPT in " + configFile + ": " + named + " is no file");
        }
        return named.toString();
    }

    private String configured(String name, String otherwise) throws IOException {
        if (configFile == null) {
            return otherwise;
        }
        try {
            JsonNode value = Json.TOLERANT.readTree(Files.readString(configFile)).path(name);
            return value.isString() ? value.asString() : otherwise;
        } catch (JacksonException broken) {
            throw new Refusal("--config_file: " + configFile + ": " + broken.getOriginalMessage());
        }
    }

    private static Path appRoot() {
        String named = System.getenv("AML_APP_ROOT");
        return Path.of(named == null ? "" : named).toAbsolutePath();
    }

    /** What the flags say wins over what the caller's environment says. */
    private void fill(Map<String, String> variables) throws IOException {
        if (modelDir != null) {
            variables.put("AZUREML_MODEL_DIR", modelDir.toString());
        }
        if (configFile != null) {
            variables.put("AZUREML_CONFIG_FILE", configFile.toRealPath().toString());
        }
        if (origins != null) {
            variables.put("AML_CORS_ORIGINS", origins);
        }
        if (insightsKey != null) {
            variables.put("AML_APP_INSIGHTS_ENABLED", "true");
            variables.put("AML_APP_INSIGHTS_KEY", insightsKey);
        }
        variables.put("WORKER_COUNT", Integer.toString(workers(variables)));
    }

    private int workers(Map<String, String> variables) {
        return workerCount != null ? workerCount : number(variables, "WORKER_COUNT", 1);
    }

    private static int number(Map<String, String> variables, String name, int otherwise) {
        String text = variables.get(name);
        if (text == null) {
            return otherwise;
        }
        try {
            int value = Integer.parseInt(text.strip());
            if (value > 0) {
                return value;
            }
        } catch (NumberFormatException odd) {
            throw new Refusal(name + ": " + text + " (expected: a number of 1 or more)", odd);
        }
        throw new Refusal(name + ": " + text + " (expected: a number of 1 or more)");
    }

    private ReplicaSpec replicaSpec(
            Map<String, String> variables, Path interpreter, String script, Path work) {
        return new ReplicaSpec(
                "serve",
                "",
                "",
                new ReplicaSpec.Script(
                        interpreter.toString(),
                        "",
                        null,
                        appRoot().toString(),
                        script,
                        workers(variables)),
                null,
                variables.get("AZUREML_MODEL_DIR"),
                variables,
                new RequestSettings(MANY, LONG, LONG),
                Duration.ofSeconds(number(variables, "WORKER_TIMEOUT", 300)),
                work.resolve("run").toString(),
                work.toString());
    }

    private int serve(ReplicaSpec replicaSpec, Path work, PrintWriter err)
            throws IOException, InterruptedException {
        PrintWriter out = spec.commandLine().getOut();
        var console = new ConsoleLog(System.out);
        Path sources = PythonSources.unpack(work.resolve("python"));
        Replica replica;
        try {
            replica =
                    Replica.start(
                            replicaSpec,
                            config(replicaSpec.environmentVariables()),
                            PythonRuntime.factory(PythonConfig.DEFAULTS, sources),
                            console,
                            OutputStream.nullOutputStream());
        } catch (IOException refused) {
            err.println(MachineFault.text(refused));
            return 1;
        }
        var hook =
                new Thread(
                        () -> {
                            int code = 1;
                            try {
                                code = replica.drain().join();
                                delete(work);
                            } finally {
                                // The signal would make it 130 or 143; a stop that was asked for
                                // is none.
                                Runtime.getRuntime().halt(code);
                            }
                        },
                        "serve-stop");
        Runtime.getRuntime().addShutdownHook(hook);
        out.println("Farol inference server " + Distribution.version());
        out.println("Liveness Probe: GET   http://" + host + ":" + replica.port() + "/");
        out.println("Score:          POST  http://" + host + ":" + replica.port() + "/score");
        out.flush();
        int code = replica.ended().join();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException stopping) {
            // The hook clears up and ends the process; two that delete one folder trip each other.
            hook.join();
        }
        replica.failure()
                .ifPresent(
                        failure -> {
                            String where = failure.location();
                            err.println(
                                    "The scoring script cannot serve: "
                                            + failure.message()
                                            + (where == null ? "" : " (" + where + ")"));
                        });
        return code;
    }

    private ReplicaConfig config(Map<String, String> variables) {
        var config =
                ReplicaConfig.DEFAULTS
                        .withVersion(Distribution.version())
                        .withListen(new Listen(host, port, null));
        boolean separate = "true".equals(variables.get("SEPERATE_HEALTH_ENDPOINT"));
        int health = healthPort == null ? HEALTH_PORT : healthPort;
        return separate ? config.withHealth(new Listen(host, health, null)) : config;
    }

    private static void delete(Path folder) {
        try {
            Trees.delete(folder);
        } catch (IOException left) {
            System.err.println("Left behind: " + folder + " (" + left.getMessage() + ")");
        }
    }

    /** What the user gave cannot be served; said in one line. */
    static final class Refusal extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Refusal(String message) {
            super(message);
        }

        Refusal(String message, Throwable cause) {
            super(message, cause);
        }
    }
}
