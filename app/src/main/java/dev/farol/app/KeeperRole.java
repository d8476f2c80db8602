package dev.farol.app;

import dev.farol.backend.Backend;
import dev.farol.backend.BackendConfig;
import dev.farol.backend.InstanceSpec;
import dev.farol.backend.InstanceStatus;
import dev.farol.backend.Program;
import dev.farol.cli.LocalPlan;
import dev.farol.cli.LocalState;
import dev.farol.environment.Definition;
import dev.farol.environment.Environments;
import dev.farol.environment.Lock;
import dev.farol.environment.PythonEnvironment;
import dev.farol.kit.AtomicFile;
import dev.farol.kit.Json;
import dev.farol.mlflow.PyfuncModel;
import dev.farol.mlflow.ScoringScript;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Phase;
import dev.farol.spec.ResourceId;
import dev.farol.spec.Verdict;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;

/**
 * {@code farol keep [--own-session] HOME FOLDER}: keeps one deployment of this machine alive, in
 * the background, with no Farol behind it. The environment, the instance and the verdict are made
 * by the rooms that make them for {@code farol up}. It ends when it is told to, or when the first
 * start fails; what it started ends with it.
 */
final class KeeperRole {
    /** Asks it to leave its terminal, when what started it could not see to that. */
    static final String OWN_SESSION = "--own-session";

    private static final Logger log = LoggerFactory.getLogger(KeeperRole.class);

    /** A home's server removes environments that nobody named for days. */
    private static final Duration STILL_USED = Duration.ofHours(1);

    private final Home home;
    private final KeptFolder folder;
    private final LocalPlan plan;
    private final ServerConfig config;
    private final Instant started =
            ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH);
    private final ArrayDeque<String> tail = new ArrayDeque<>();
    private final BlockingQueue<String> changes = new LinkedBlockingQueue<>();
    private volatile boolean stopping;
    private volatile int port;
    private Phase phase = Phase.VALIDATE;
    private String progress = "";

    private KeeperRole(Home home, KeptFolder folder) throws IOException {
        this.home = home;
        this.folder = folder;
        this.plan = folder.plan();
        this.config = ServerSettings.read(home, java.util.Map.of()).value();
    }

    static int run(String[] arguments) throws IOException, InterruptedException {
        boolean own = arguments.length == 3 && arguments[0].equals(OWN_SESSION);
        if (!own && arguments.length != 2) {
            System.err.println(
                    "Usage: farol keep ["
                            + OWN_SESSION
                            + "] HOME FOLDER (online-deployment create --local starts it)");
            return 2;
        }
        if (own) {
            OwnSession.begin();
        }
        var folder = new KeptFolder(Path.of(arguments[arguments.length - 1]));
        LogSetup.toFile(folder.keeperLog());
        try {
            var home = new Home(Path.of(arguments[arguments.length - 2]));
            return new KeeperRole(home, folder).keep();
        } catch (FarolException refused) {
            System.err.println(refused.getMessage());
            return refused.code().kind().exitCode();
        }
    }

    private int keep() throws IOException, InterruptedException {
        var clock = InstantSource.system();
        Verdict verdict;
        // It also holds the folder: a second keeper of it is refused here.
        try (Backend backend =
                        LocalRoles.keeper(
                                home,
                                folder.instances(),
                                config(config.backend()),
                                () -> port,
                                clock);
                Environments environments =
                        Environments.local(
                                config.environment(), home.folder(), LocalRoles.host(home))) {
            say(LocalState.Kind.STARTING, "");
            var hook = new Thread(() -> stop(backend, environments), "stop");
            Runtime.getRuntime().addShutdownHook(hook);
            verdict = serve(backend, environments);
            if (verdict == null) {
                // The hook ends the process.
                hook.join();
                return 0;
            }
        }
        log.info("Not started: {}", verdict.message());
        folder.write(said(LocalState.Kind.FAILED, progress, verdict));
        return 1;
    }

    /** One replica, started when it is needed: none waits for the next. */
    private static BackendConfig config(BackendConfig of) {
        return new BackendConfig(
                of.startTimeout(),
                of.backOffFirst(),
                of.backOffMax(),
                of.healthyAfter(),
                of.closeDrain(),
                Duration.ZERO,
                of.zygoteStart(),
                of.zygoteIdle(),
                of.keepLogs(),
                1,
                of.instanceTypes(),
                of.inheritedVariables());
    }

    /** Why it did not start; null when it was told to stop. */
    private @Nullable Verdict serve(Backend backend, Environments environments)
            throws IOException, InterruptedException {
        Lock lock;
        PythonEnvironment environment;
        App app;
        try {
            phase = Phase.CODE;
            app = app();
            phase = Phase.ENVIRONMENT;
            progress("preparing the environment");
            Definition definition = definition(app);
            lock = lock(environments, definition);
            if (app.model() != null) {
                app.model().requireMlflow(lock, definition.source());
            }
            environment = environments.build(lock, this::progress);
        } catch (FarolException refused) {
            return stopping ? null : refused(refused);
        }
        phase = Phase.INIT;
        progress("starting");
        backend.onChange(changes::add);
        // Now that it is needed: the environment may have taken minutes, in which a port is lost.
        port = folder.choosePort();
        String id = KeptFolder.instance(plan);
        backend.ensure(instance(id, app, environment));
        boolean served = false;
        while (!stopping) {
            String changed = changes.poll(STILL_USED.toMillis(), TimeUnit.MILLISECONDS);
            if (changed == null) {
                stillUsed(environments, lock);
                continue;
            }
            Optional<InstanceStatus> status = backend.observe(id);
            if (stopping || status.isEmpty()) {
                continue;
            }
            switch (status.get().state()) {
                case READY -> {
                    served = true;
                    say(LocalState.Kind.READY, "");
                }
                case FAILED -> {
                    Verdict verdict = status.get().verdict();
                    if (verdict != null) {
                        return verdict;
                    }
                }
                case STARTING ->
                        say(
                                LocalState.Kind.STARTING,
                                served
                                        ? "starting again after it ended"
                                        : "starting: " + status.get().phase());
                case NOT_READY, STOPPING -> {}
            }
        }
        return null;
    }

    /** Whatever comes of it: what serves goes on. */
    private static void stillUsed(Environments environments, Lock lock) {
        try {
            environments.build(lock, line -> {});
        } catch (FarolException later) {
            log.warn("The environment cannot be noted as used", later);
        }
    }

    /** What its instance is started with: the user's script, or Farol's for an MLflow model. */
    private record App(Path root, String script, @Nullable PyfuncModel model) {}

    private App app() throws IOException {
        String script = plan.scoringScript();
        if (plan.code() == null || script == null) {
            phase = Phase.MODEL;
            var model = PyfuncModel.read(Path.of(Objects.requireNonNull(plan.model())), "model");
            ScoringScript.write(folder.app());
            return new App(folder.app(), ScoringScript.NAME, model);
        }
        Path code = Path.of(plan.code());
        if (!Files.isRegularFile(code.resolve(script))) {
            throw new FarolException(
                    ErrorCode.SCRIPT_INVALID,
                    "The scoring script '" + script + "' is not in " + code);
        }
        return new App(code, script, null);
    }

    /** Resolved once for each content of a definition, as a registered version is. */
    private Lock lock(Environments environments, Definition definition) throws IOException {
        Path file =
                home.folder().resolve("local-locks").resolve(digest(content(definition)) + ".json");
        if (Files.exists(file)) {
            try {
                return Json.STRICT.readValue(Files.readString(file), Lock.class);
            } catch (JacksonException foreign) {
                log.warn("{} cannot be read; the environment is resolved again", file);
            }
        }
        Lock lock = environments.resolve(definition, this::progress);
        AtomicFile.write(file, Json.STRICT.writeValueAsString(lock) + "\n");
        return lock;
    }

    /** A conda file by itself, as ever; a model's with the files that it may name. */
    private static String content(Definition definition) {
        String text = definition.condaFile() == null ? "" : definition.condaFile();
        return definition.samePython()
                ? definition.form() + "\n" + text + new TreeMap<>(definition.files())
                : text;
    }

    /** What the environment is made of: the one that is given, else the model's own. */
    private Definition definition(App app) throws IOException {
        String label = plan.environmentLabel();
        return label == null
                ? Objects.requireNonNull(app.model()).environment()
                : new Definition(plan.condaFile(), label);
    }

    private static String digest(String text) {
        try {
            return HexFormat.of()
                    .formatHex(
                            MessageDigest.getInstance("SHA-256")
                                    .digest(text.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException everyJdkHasIt) {
            throw new IllegalStateException(everyJdkHasIt);
        }
    }

    private InstanceSpec instance(String id, App app, PythonEnvironment environment) {
        ResourceId deployment =
                ResourceId.workspace("local", "local", "local")
                        .child("onlineEndpoints", plan.endpoint())
                        .child("deployments", plan.deployment());
        String model = plan.model();
        var variables = new HashMap<>(plan.environmentVariables());
        if (app.model() != null) {
            variables.put(ScoringScript.MODEL_FOLDER, app.model().relative());
        }
        return new InstanceSpec(
                id,
                deployment,
                new Program.Script(
                        environment.python(), environment.key(), app.root(), app.script()),
                model == null ? null : Path.of(model),
                variables,
                plan.instanceType(),
                plan.requestSettings(),
                plan.liveness(),
                plan.readiness());
    }

    private Verdict refused(FarolException refused) {
        return new Verdict(
                phase,
                refused.code(),
                refused.problem().message(),
                null,
                null,
                phase == Phase.ENVIRONMENT ? List.copyOf(tail) : List.of(),
                null,
                phase.remedy(),
                null);
    }

    private void progress(String line) {
        if (tail.size() == Verdict.MAX_LINES) {
            tail.removeFirst();
        }
        tail.addLast(line);
        try {
            Files.writeString(
                    folder.buildLog(),
                    line + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
            say(LocalState.Kind.STARTING, line);
        } catch (IOException unwritable) {
            log.warn("Not told: {}", line, unwritable);
        }
    }

    private synchronized void say(LocalState.Kind kind, String line) throws IOException {
        progress = line;
        if (!stopping) {
            folder.write(said(kind, line, null));
        }
    }

    private KeptFolder.Said said(LocalState.Kind kind, String line, @Nullable Verdict verdict) {
        return new KeptFolder.Said(
                ProcessHandle.current().pid(),
                started,
                kind,
                kind == LocalState.Kind.READY ? port : 0,
                line,
                verdict);
    }

    private void stop(Backend backend, Environments environments) {
        synchronized (this) {
            stopping = true;
        }
        try {
            environments.close();
            backend.close();
            boolean failed =
                    folder.said().filter(said -> said.kind() == LocalState.Kind.FAILED).isPresent();
            if (!failed) {
                folder.write(said(LocalState.Kind.STOPPED, "", null));
            }
        } catch (IOException fault) {
            log.error("The stop was cut short", fault);
        } finally {
            Runtime.getRuntime().halt(0);
        }
    }
}
