package dev.farol.runtime.python.pool;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.ModelFacts;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.RuntimeEvents;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.StartFailure;
import dev.farol.runtime.python.PythonConfig;
import dev.farol.runtime.python.launch.Launched;
import dev.farol.runtime.python.launch.Launcher;
import dev.farol.runtime.python.launch.ProcessLauncher;
import dev.farol.runtime.python.launch.ZygoteLauncher;
import dev.farol.spec.Phase;
import dev.farol.spec.ReplicaSpec;
import dev.farol.wire.EventLoop;
import dev.farol.wire.FrameServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.databind.JsonNode;

/**
 * Keeps a fixed number of workers alive. What follows from what happens to a worker is decided
 * here; who runs which request, in {@link Dispatch}. All state belongs to the loop's thread.
 */
public final class WorkerPool implements ModelRuntime {
    private static final Logger LOG = LoggerFactory.getLogger(WorkerPool.class);

    /** How long after a worker's end its connection may take to be accepted. */
    private static final Duration LAST_FRAMES = Duration.ofMillis(100);

    /** How much later than the worker itself the pool notices that a start takes too long. */
    private static final Duration START_SLACK = Duration.ofSeconds(2);

    private final PythonConfig config;
    private final ReplicaSpec spec;
    private final int wanted;
    private final EventLoop loop;
    private final ConsoleLog console;
    private final Launcher launcher;
    private final Nursery nursery;
    private final Path runDir;
    private final Path frames;
    private final Dispatch dispatch;
    private final Map<String, Worker> workers = new HashMap<>();
    private final Set<String> learnt = new HashSet<>();
    private final CompletableFuture<Void> closed = new CompletableFuture<>();
    private final CompletableFuture<FrameServer> server = new CompletableFuture<>();
    private @Nullable RuntimeEvents events;
    private ModelFacts facts = ModelFacts.NONE;
    private int launches;
    private int failedHeals;
    private @Nullable Phase phase;
    private boolean started;
    private boolean failed;
    private boolean closing;

    public WorkerPool(
            PythonConfig config,
            Path sources,
            ReplicaSpec spec,
            EventLoop loop,
            ConsoleLog console) {
        this.config = config;
        this.spec = spec;
        this.loop = loop;
        this.console = console;
        this.runDir = Path.of(spec.runDir());
        this.frames = runDir.resolve("w.sock");
        this.dispatch = new Dispatch(config.pipelineDepth());
        ReplicaSpec.Script script = spec.requireScript();
        this.wanted = script.workers();
        var processes = new ProcessLauncher(script.python(), sources.resolve("worker.py"), console);
        this.launcher =
                script.zygoteSocket() == null
                        ? processes
                        : new ZygoteLauncher(
                                Path.of(script.zygoteSocket()), processes, config.spawnWait());
        var starter = new Starter(spec, frames, System.getenv());
        this.nursery = new Nursery(launcher, starter, console, runDir, loop, new Fates());
    }

    @Override
    public void start(RuntimeEvents listener) {
        loop.execute(() -> events = listener);
        Thread.ofVirtual().name("workers-start").start(this::listen);
    }

    private void listen() {
        try {
            Files.createDirectories(runDir);
            Files.deleteIfExists(frames);
            var talk = new WorkerTalk(workers::get, new Ears());
            server.complete(loop.serveFrames(frames, config.maxFrame(), talk));
            loop.execute(
                    () -> {
                        for (int i = 0; i < wanted; i++) {
                            launch(false);
                        }
                    });
        } catch (IOException failure) {
            LOG.error("Workers cannot be started", failure);
            server.completeExceptionally(failure);
            var report = new StartFailure(Phase.CODE, null, null, null, failure.toString());
            loop.execute(() -> failStart(report));
        }
    }

    @Override
    public boolean ready() {
        return started && dispatch.size() > 0;
    }

    @Override
    public ModelFacts facts() {
        return facts;
    }

    @Override
    public Scoring score(ScoreRequest request, ScoreListener listener) {
        var call = new Call(request, listener);
        if (started && !closing) {
            dispatch.add(call);
        } else {
            var result = ScoreResult.message(503, false, "The model is not ready.");
            result.headers().add("ms-azureml-model-error-reason", "model_not_ready");
            call.finish(result);
        }
        return call;
    }

    private RuntimeEvents events() {
        return Objects.requireNonNull(events, "start() comes first");
    }

    /**
     * @param fresh whether the worker must not be a fork
     */
    private void launch(boolean fresh) {
        if (closing || failed) {
            return;
        }
        String id = "w" + ++launches;
        var mark = new Mark(runDir.resolve(id + ".mark"));
        var worker = new Worker(id, fresh, mark, loop, config.hangGrace(), this::hangs);
        workers.put(id, worker);
        nursery.launch(worker);
    }

    private void hangs(Worker worker) {
        if (worker.state == Worker.State.READY) {
            console.line(
                    "A request ran on long after request_timeout; the worker that runs it is"
                            + " replaced");
            worker.kill();
        }
    }

    private void becameReady(Worker worker, JsonNode notice) {
        worker.state = Worker.State.READY;
        worker.served = true;
        worker.wants = wants(notice);
        worker.concurrent = notice.path("concurrent").asBoolean();
        worker.maxBatch = Math.max(1, notice.path("maxBatch").asInt(1));
        if (!started) {
            facts = facts(notice);
            tellOfSmallBatches(worker.maxBatch);
        }
        failedHeals = 0;
        var process = worker.process;
        if (process != null) {
            events().workerReady(process.pid());
        }
        learn(notice.path("modules"));
        dispatch.join(worker);
        if (!started && !failed && dispatch.size() >= wanted) {
            started = true;
            events().ready();
        }
    }

    /** What hardly anybody means: batches that can never fill. */
    private void tellOfSmallBatches(int maxBatch) {
        int concurrent = spec.requestSettings().maxConcurrentRequestsPerInstance();
        if (maxBatch > 1 && concurrent < maxBatch) {
            console.line(
                    "FAROL_MAX_BATCH is "
                            + maxBatch
                            + ", and at most "
                            + concurrent
                            + (concurrent == 1 ? " request is" : " requests are")
                            + " on the instance at once: raise"
                            + " request_settings.max_concurrent_requests_per_instance");
        }
    }

    private static Frames.Wants wants(JsonNode notice) {
        if (notice.path("wantsEverything").asBoolean()) {
            return Frames.Wants.EVERYTHING;
        }
        return notice.path("wantsHeaders").asBoolean() ? Frames.Wants.HEADERS : Frames.Wants.BODY;
    }

    private static ModelFacts facts(JsonNode notice) {
        var swagger = new HashMap<String, String>();
        notice.path("swagger")
                .properties()
                .forEach(entry -> swagger.put(entry.getKey(), entry.getValue().asString()));
        return new ModelFacts(
                swagger,
                texts(notice.path("swaggerVersions")),
                texts(notice.path("origins")),
                notice.path("tellsVersion").asBoolean(),
                notice.path("raw").asBoolean());
    }

    private static List<String> texts(JsonNode array) {
        return array.valueStream().map(JsonNode::asString).toList();
    }

    private void learn(JsonNode names) {
        List<String> news = new ArrayList<>();
        for (JsonNode name : names) {
            if (learnt.add(name.asString())) {
                news.add(name.asString());
            }
        }
        if (!news.isEmpty()) {
            Thread.ofVirtual().name("learn").start(() -> launcher.learn(news));
        }
    }

    private void tellPhase(Phase reached) {
        if (!started && !failed && (phase == null || phase.compareTo(reached) < 0)) {
            phase = reached;
            events().phase(reached);
        }
    }

    /** Decides what follows from a worker's end, once all of it is known. */
    private void settle(Worker worker) {
        boolean open = worker.connection != null && !worker.connectionClosed;
        if (worker.exitCode == null || open || worker.settled) {
            return;
        }
        worker.settled = true;
        forget(worker);
        if (!worker.served && !closing) {
            startEnded(worker, worker.exitCode);
        }
    }

    private void forget(Worker worker) {
        workers.remove(worker.id);
        nursery.forget(worker);
        if (closing && workers.isEmpty()) {
            closed.complete(null);
        }
    }

    /** A worker ended before it was ready. */
    private void startEnded(Worker worker, int code) {
        boolean forked = worker.process != null && !worker.process.fresh();
        if (worker.failure == null && code > 128 && forked && !worker.timedOut) {
            console.line("A forked worker died by signal " + (code - 128) + "; trying a fresh one");
            launch(true);
        } else if (started) {
            healLater();
        } else {
            failStart(StartReport.of(worker, code, spec.startTimeout()));
        }
    }

    private void healLater() {
        long least = config.minBackOff().toMillis();
        long millis = Math.min(least << Math.min(failedHeals, 16), config.maxBackOff().toMillis());
        failedHeals++;
        loop.after(Duration.ofMillis(millis), () -> launch(false));
    }

    private void failStart(StartFailure report) {
        if (!failed && !started && !closing) {
            failed = true;
            events().failed(report);
        }
    }

    @Override
    public CompletableFuture<Void> close(Duration grace) {
        loop.execute(
                () -> {
                    closing = true;
                    if (workers.isEmpty()) {
                        closed.complete(null);
                    }
                    for (Worker worker : List.copyOf(workers.values())) {
                        if (worker.connection != null) {
                            worker.connection.close();
                        }
                        if (grace.isZero() || worker.connection == null) {
                            worker.kill();
                        }
                    }
                    loop.after(grace, () -> workers.values().forEach(Worker::kill));
                });
        var done = new CompletableFuture<Void>();
        Thread.ofVirtual()
                .name("workers-close")
                .start(
                        () -> {
                            closed.join();
                            launcher.close();
                            var _ =
                                    server.thenAccept(FrameServer::close)
                                            .whenComplete(
                                                    (nothing, failure) -> done.complete(null));
                        });
        return done;
    }

    /** What becomes of the processes. */
    private final class Fates implements Nursery.Listener {
        @Override
        public void launched(Worker worker, Launched process) {
            worker.process = process;
            if (closing || failed) {
                worker.kill();
                return;
            }
            events().workerStarted(process.pid());
            if (worker.state == Worker.State.READY) {
                events().workerReady(process.pid());
            } else if (worker.state == Worker.State.GONE) {
                worker.kill();
            }
            loop.after(
                    spec.startTimeout().plus(START_SLACK),
                    () -> {
                        if (worker.state == Worker.State.STARTING) {
                            worker.timedOut = true;
                            worker.kill();
                        }
                    });
        }

        @Override
        public void exited(Worker worker, int code) {
            worker.exitCode = code;
            if (worker.process != null) {
                events().workerExited(worker.process.pid(), code);
            }
            if (worker.connection == null) {
                loop.after(LAST_FRAMES, () -> settle(worker));
            } else {
                settle(worker);
            }
        }

        @Override
        public void notLaunched(Worker worker, IOException failure) {
            forget(worker);
            if (started) {
                healLater();
            } else {
                String message = "No worker can be started: " + failure.getMessage();
                failStart(new StartFailure(Phase.CODE, null, null, null, message));
            }
        }
    }

    /** What the workers say. */
    private final class Ears implements WorkerTalk.Listener {
        @Override
        public void notice(Worker worker, JsonNode notice) {
            switch (notice.path("state").asString()) {
                case "phase" -> {
                    worker.phase = StartReport.phase(notice);
                    tellPhase(worker.phase);
                }
                case "failed" -> worker.failure = notice;
                case "ready" -> becameReady(worker, notice);
                default -> LOG.warn("Worker {} says what nobody knows: {}", worker.id, notice);
            }
        }

        @Override
        public boolean answered(Worker worker, Frames.Answer answer) {
            return dispatch.answered(worker, answer);
        }

        @Override
        public boolean begins(Worker worker, Frames.Answer head) {
            return dispatch.begins(worker, head);
        }

        @Override
        public boolean part(Worker worker, int sequence, ByteBuffer bytes) {
            return dispatch.part(worker, sequence, bytes);
        }

        @Override
        public boolean ended(Worker worker, int sequence, boolean whole) {
            return dispatch.ended(worker, sequence, whole);
        }

        @Override
        public void disconnected(Worker worker) {
            boolean wasReady = worker.state == Worker.State.READY;
            worker.connectionClosed = true;
            worker.state = Worker.State.GONE;
            if (wasReady) {
                dispatch.leave(worker);
                launch(false);
            }
            if (!closing) {
                // Without its connection a process is of no use, whatever else it does; one that
                // said why it failed is leaving by itself.
                loop.after(
                        worker.failure == null ? Duration.ZERO : START_SLACK,
                        () -> {
                            if (worker.exitCode == null) {
                                worker.kill();
                            }
                        });
            }
            settle(worker);
        }
    }
}
