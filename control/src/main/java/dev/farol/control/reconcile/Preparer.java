package dev.farol.control.reconcile;

import dev.farol.backend.Backend;
import dev.farol.backend.Program;
import dev.farol.control.model.Digests;
import dev.farol.control.model.NativeLane;
import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.StatusDocument;
import dev.farol.control.model.StatusDocument.Server;
import dev.farol.control.reconcile.Preparation.Step;
import dev.farol.environment.Definition;
import dev.farol.environment.Lock;
import dev.farol.environment.PythonEnvironment;
import dev.farol.mlflow.PyfuncModel;
import dev.farol.mlflow.ScoringScript;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Phase;
import dev.farol.spec.Problem;
import dev.farol.spec.ReplicaSpec.NativeModel.Kind;
import dev.farol.spec.ResourceId;
import dev.farol.spec.Verdict;
import dev.farol.store.ResourceStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs preparations: what is quick and often wrong first (references, model, code, scoring script),
 * the environment last. What the user got wrong ends in a verdict at once; what went wrong
 * otherwise is tried a few times.
 */
final class Preparer {
    private static final Logger log = LoggerFactory.getLogger(Preparer.class);
    private static final int ATTEMPTS = 4;
    private static final Duration PAUSE = Duration.ofMillis(250);
    private static final int REVISION_LENGTH = 8;
    private static final int LISTED = 20;

    private final ResourceStore resources;
    private final EnvironmentBuilds environments;
    private final AssetFolders assets;
    private final Backend backend;
    private final Semaphore permits;
    private final Set<Thread> running = ConcurrentHashMap.newKeySet();
    private volatile boolean closed;

    Preparer(
            ResourceStore resources,
            EnvironmentBuilds environments,
            AssetFolders assets,
            Backend backend,
            int permits) {
        this.resources = resources;
        this.environments = environments;
        this.assets = assets;
        this.backend = backend;
        this.permits = new Semaphore(permits, true);
    }

    /**
     * Begins in the background.
     *
     * @param progress gets lines for people
     * @param moved called whenever a step or the whole ended
     */
    void begin(Preparation preparation, Consumer<String> progress, Runnable moved) {
        Thread worker =
                Thread.ofVirtual()
                        .name("prepare " + preparation.deployment().id().name())
                        .unstarted(() -> run(new Task(preparation, progress, moved)));
        running.add(worker);
        if (closed) {
            running.remove(worker);
        } else {
            preparation.run(worker);
        }
    }

    /** Interrupts what runs and waits for its end. */
    void close() {
        closed = true;
        for (Thread worker : running) {
            worker.interrupt();
            try {
                worker.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void run(Task task) {
        try {
            permits.acquire();
            try {
                task.runWithRetries();
            } finally {
                permits.release();
            }
        } catch (InterruptedException canceled) {
            Thread.currentThread().interrupt();
        } finally {
            running.remove(Thread.currentThread());
        }
    }

    private final class Task {
        private final Preparation preparation;
        private final Consumer<String> progress;
        private final Runnable moved;
        private final Tail tail = new Tail();
        private Phase phase = Phase.VALIDATE;

        Task(Preparation preparation, Consumer<String> progress, Runnable moved) {
            this.preparation = preparation;
            this.progress = progress;
            this.moved = moved;
        }

        void runWithRetries() throws InterruptedException {
            for (int attempt = 1; !preparation.canceled() && !closed; attempt++) {
                try {
                    preparation.done(prepare());
                    moved.run();
                    return;
                } catch (FarolException refused) {
                    if (!mayPass(refused.code()) || attempt == ATTEMPTS) {
                        refuse(refused.problem(), refused.code());
                        return;
                    }
                    log.info("Preparing {} is tried again", preparation.deployment().id(), refused);
                } catch (IOException | RuntimeException failure) {
                    if (preparation.canceled() || closed) {
                        return;
                    }
                    log.warn("Preparing {} failed", preparation.deployment().id(), failure);
                    if (attempt == ATTEMPTS) {
                        refuse(internal(), ErrorCode.INTERNAL);
                        return;
                    }
                }
                Thread.sleep(PAUSE.multipliedBy(attempt));
            }
        }

        private Prepared prepare() throws IOException, InterruptedException {
            OnlineDeployment deployment = preparation.deployment();
            phase = Phase.VALIDATE;
            Sources sources = Sources.of(deployment, resources);
            @Nullable Path model = model(sources.model());
            phase = sources.script() == null ? Phase.MODEL : Phase.VALIDATE;
            ServerChoice choice = ServerChoice.of(deployment, sources, model);
            line("served by " + choice.server().name() + ": " + choice.server().reason());
            return switch (choice) {
                case ServerChoice.Scripted scripted ->
                        scripted(sources, scripted, requireScript(sources), model);
                case ServerChoice.Mlflow(var mlflow, var server) ->
                        NativeLane.of(deployment) == NativeLane.CONVERT
                                ? convertedOrNot(
                                        sources, mlflow, Objects.requireNonNull(model), server)
                                : mlflow(sources, mlflow, Objects.requireNonNull(model), server);
                case ServerChoice.Native(var kind, var name, var path, var server) ->
                        new Prepared(
                                deployment,
                                revision(sources, null, null),
                                new Program.Native(kind, name, path),
                                model,
                                deployment.environmentVariables(),
                                server);
            };
        }

        private Prepared scripted(
                Sources sources,
                ServerChoice.Scripted choice,
                Sources.Script script,
                @Nullable Path model)
                throws IOException, InterruptedException {
            OnlineDeployment deployment = preparation.deployment();
            Path code = step(Phase.CODE, "the code", () -> code(script));
            PythonEnvironment environment =
                    step(
                            Phase.ENVIRONMENT,
                            "the environment",
                            () ->
                                    environments.of(
                                            Objects.requireNonNull(sources.environment()),
                                            this::line));
            backend.warm(environment.key(), environment.python());
            phase = Phase.CODE;
            String revision = revision(sources, environment.key(), script.code().version().key());
            Path app = assets.app(deployment.id(), revision, code);
            return new Prepared(
                    deployment,
                    revision,
                    new Program.Script(environment.python(), environment.key(), app, script.name()),
                    model,
                    deployment.environmentVariables(),
                    choice.server());
        }

        /** As ONNX when that gives the same answers, else in Python; the reason is told. */
        private Prepared convertedOrNot(
                Sources sources, PyfuncModel mlflow, Path model, StatusDocument.Server server)
                throws IOException, InterruptedException {
            var conversion = new Conversion(environments, assets, this::line);
            Conversion.Result result =
                    step(
                            Phase.MODEL,
                            "the conversion to ONNX",
                            () ->
                                    conversion.of(
                                            preparation.deployment().id(),
                                            Objects.requireNonNull(sources.model()).version(),
                                            sources.environment(),
                                            mlflow));
            String reason = NativeLane.VARIABLE + "=convert. " + result.reason();
            Path file = result.model();
            if (file == null) {
                line("served by Python: " + reason);
                return mlflow(sources, mlflow, model, new Server(server.name(), reason));
            }
            line("served by ONNX Runtime: " + reason);
            return new Prepared(
                    preparation.deployment(),
                    revision(sources, file.resolveSibling("").getFileName().toString(), null),
                    new Program.Native(
                            Kind.ONNX,
                            Objects.requireNonNull(sources.model())
                                    .version()
                                    .id()
                                    .parent()
                                    .orElseThrow()
                                    .name(),
                            file),
                    model,
                    preparation.deployment().environmentVariables(),
                    new Server("onnxruntime", reason));
        }

        /** In the environment of the deployment, else in the one that the model's files ask for. */
        private Prepared mlflow(
                Sources sources, PyfuncModel mlflow, Path model, StatusDocument.Server server)
                throws IOException, InterruptedException {
            OnlineDeployment deployment = preparation.deployment();
            PythonEnvironment environment =
                    step(Phase.ENVIRONMENT, "the environment", () -> environment(sources, mlflow));
            backend.warm(environment.key(), environment.python());
            String revision = revision(sources, environment.key(), ScoringScript.NAME);
            Path app =
                    step(
                            Phase.CODE,
                            "the scoring script of MLflow models",
                            () -> assets.app(deployment.id(), revision, ScoringScript::write));
            var variables = new HashMap<>(deployment.environmentVariables());
            variables.put(ScoringScript.MODEL_FOLDER, mlflow.relative());
            return new Prepared(
                    deployment,
                    revision,
                    new Program.Script(
                            environment.python(), environment.key(), app, ScoringScript.NAME),
                    model,
                    variables,
                    server);
        }

        private PythonEnvironment environment(Sources sources, PyfuncModel mlflow)
                throws IOException, InterruptedException {
            ResourceId given = sources.environment();
            Lock lock;
            if (given != null) {
                lock = environments.lockOf(given, this::line);
                mlflow.requireMlflow(lock, "The environment '" + given + "'");
            } else {
                Definition own = mlflow.environment();
                line("the packages are those of " + own.source());
                lock =
                        environments.lockOf(
                                preparation.deployment().id(),
                                Objects.requireNonNull(sources.model()).version().id(),
                                own,
                                this::line);
                mlflow.requireMlflow(lock, own.source());
            }
            return environments.build(lock, this::line);
        }

        private String revision(
                Sources sources, @Nullable String environment, @Nullable String code) {
            return Digests.hex(
                            preparation.deployment().fingerprint(),
                            environment,
                            sources.model() == null ? null : sources.model().version().key(),
                            code)
                    .substring(0, REVISION_LENGTH);
        }

        private static Sources.Script requireScript(Sources sources) {
            return Objects.requireNonNull(sources.script());
        }

        private @Nullable Path model(Sources.@Nullable Asset model)
                throws IOException, InterruptedException {
            if (model == null) {
                moveTo(Phase.MODEL, new Step(Step.State.DONE, "The deployment has no model."));
                return null;
            }
            return step(
                    Phase.MODEL,
                    "the model " + model.version().label(),
                    () -> assets.model(model.version(), model.location()));
        }

        private Path code(Sources.Script wanted) throws IOException, InterruptedException {
            Path code = assets.code(wanted.code().version(), wanted.code().location());
            Path script = code.resolve(wanted.name()).normalize();
            if (!script.startsWith(code) || !Files.isRegularFile(script)) {
                throw new FarolException(
                        ErrorCode.SCRIPT_INVALID,
                        "/properties/codeConfiguration/scoringScript",
                        "The scoring script '"
                                + wanted.name()
                                + "' is not in the code folder; it holds: "
                                + String.join(", ", AssetFolders.listing(code, LISTED)));
            }
            return code;
        }

        private <T> T step(Phase next, String what, Callable<T> work)
                throws IOException, InterruptedException {
            phase = next;
            moveTo(next, new Step(Step.State.RUNNING, "Preparing " + what + "."));
            line("preparing " + what);
            T made = call(work);
            moveTo(next, new Step(Step.State.DONE, "Prepared " + what + "."));
            return made;
        }

        private <T> T call(Callable<T> work) throws IOException, InterruptedException {
            try {
                return work.call();
            } catch (IOException | InterruptedException | RuntimeException asIs) {
                throw asIs;
            } catch (Exception unexpected) {
                throw new IllegalStateException(unexpected);
            }
        }

        private void moveTo(Phase at, Step step) {
            preparation.step(at, step);
            moved.run();
        }

        private void line(String text) {
            tail.add(text);
            progress.accept(text);
        }

        private void refuse(Problem problem, ErrorCode code) {
            if (preparation.canceled() || closed) {
                return;
            }
            boolean told = phase == Phase.ENVIRONMENT;
            var verdict =
                    new Verdict(
                            phase,
                            code,
                            problem.message(),
                            null,
                            null,
                            told ? tail.lines() : List.of(),
                            null,
                            phase.remedy(),
                            null);
            line("failed: " + problem.message());
            preparation.refuse(verdict);
            moved.run();
        }

        private Problem internal() {
            return Problem.of(
                    ErrorCode.INTERNAL,
                    "Preparing the "
                            + phase.wire()
                            + " failed for a reason that lies in Farol or its machine; Farol's own"
                            + " log has the details");
        }
    }

    /** Canceled was what this one waited for together with another, and only the other was. */
    private static boolean mayPass(ErrorCode code) {
        return code.retryable() || code == ErrorCode.CANCELED;
    }
}
