package dev.farol.runtime;

import dev.farol.runtime.face.RpcFace;
import dev.farol.runtime.face.ScoreFace;
import dev.farol.runtime.lane.Lane;
import dev.farol.spec.Phase;
import dev.farol.spec.ReplicaSpec;
import dev.farol.wire.EventLoop;
import dev.farol.wire.FaceServer;
import dev.farol.wire.GrpcHandler;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The inference server of one instance: HTTP face, lane and runtime on one event loop. */
public final class Replica implements AutoCloseable {
    /** The first start failed. */
    public static final int EXIT_FAILED = 3;

    private static final Logger LOG = LoggerFactory.getLogger(Replica.class);

    private final ReplicaConfig config;
    private final EventLoop loop;
    private final ConsoleLog console;
    private final ReplicaEvents events;
    private final ModelRuntime runtime;
    private final FaceServer face;
    private final CompletableFuture<Integer> ended = new CompletableFuture<>();
    private final AtomicBoolean stopping = new AtomicBoolean();

    /** Completes when nothing is to be waited for any more. */
    private final CompletableFuture<Void> hurry = new CompletableFuture<>();

    private volatile @Nullable StartFailure startFailure;

    private Replica(
            ReplicaConfig config,
            EventLoop loop,
            ConsoleLog console,
            ReplicaEvents events,
            ModelRuntime runtime,
            FaceServer face) {
        this.config = config;
        this.loop = loop;
        this.console = console;
        this.events = events;
        this.runtime = runtime;
        this.face = face;
    }

    /**
     * Listens, then begins to start the runtime.
     *
     * @param eventsOut gets the events of the replica process protocol; stays open
     * @throws IOException when it cannot listen or cannot write its log
     */
    public static Replica start(
            ReplicaSpec spec,
            ReplicaConfig config,
            ModelRuntime.Factory factory,
            OutputStream eventsOut)
            throws IOException {
        var console =
                new ConsoleLog(Path.of(spec.logDir()), config.logFileBytes(), config.logFiles());
        return start(spec, config, factory, console, eventsOut);
    }

    /**
     * The same with another log, which is the replica's to close.
     *
     * @throws IOException when it cannot listen
     */
    public static Replica start(
            ReplicaSpec spec,
            ReplicaConfig config,
            ModelRuntime.Factory factory,
            ConsoleLog console,
            OutputStream eventsOut)
            throws IOException {
        var loop = EventLoop.start();
        var events = new ReplicaEvents(eventsOut);
        try {
            ModelRuntime runtime = factory.create(spec, loop, console);
            var lane =
                    new Lane(
                            spec.requestSettings(),
                            System::nanoTime,
                            (delay, task) -> loop.after(delay, task)::cancel);
            var handler = new ScoreFace(runtime, lane, console, config.version());
            GrpcHandler calls =
                    runtime.rpc().map(rpc -> new RpcFace(rpc, lane, console)).orElse(null);
            FaceServer face = loop.serveFace(config.listen(), config.face(), handler, calls);
            if (config.health() != null) {
                var _ = loop.serveFace(config.health(), config.face(), handler);
            }
            var replica = new Replica(config, loop, console, events, runtime, face);
            events.listening(config.listen().host(), face.port());
            runtime.start(replica.new Listener());
            return replica;
        } catch (IOException | RuntimeException failure) {
            loop.close();
            console.close();
            events.close();
            throw failure;
        }
    }

    public int port() {
        return face.port();
    }

    /**
     * Completes with the exit code when everything of this replica has ended: 0 after a drain,
     * {@link #EXIT_FAILED} when the first start failed.
     */
    public CompletableFuture<Integer> ended() {
        return ended.copy();
    }

    /** Why the first start failed, if it did. */
    public Optional<StartFailure> failure() {
        return Optional.ofNullable(startFailure);
    }

    /** Answers what runs, then ends. */
    public CompletableFuture<Integer> drain() {
        stop(0, config.drain(), config.stopGrace());
        return ended();
    }

    /** Ends everything at once, also what is being drained. Blocks until it is done. */
    @Override
    public void close() {
        hurry.complete(null);
        stop(0, Duration.ZERO, Duration.ZERO);
        ended.join();
    }

    private void stop(int exitCode, Duration drain, Duration grace) {
        if (!stopping.compareAndSet(false, true)) {
            return;
        }
        Thread.ofVirtual()
                .name("replica-stop")
                .start(
                        () -> {
                            try {
                                if (drain.isPositive()) {
                                    CompletableFuture.anyOf(face.drain(drain), hurry).join();
                                }
                                face.close();
                                end(grace);
                                loop.close();
                                events.close();
                                console.close();
                            } catch (IOException | RuntimeException failure) {
                                LOG.error("The replica did not end in order", failure);
                            } finally {
                                ended.complete(exitCode);
                            }
                        });
    }

    /** Ends the runtime within a grace, which may be cut short. */
    private void end(Duration grace) {
        CompletableFuture<Void> orderly = runtime.close(grace);
        CompletableFuture.anyOf(orderly, hurry).join();
        if (grace.isPositive() && !orderly.isDone()) {
            runtime.close(Duration.ZERO).join();
        }
        orderly.join();
    }

    /** Hands the runtime's events on, and ends the replica whose first start failed. */
    private final class Listener implements RuntimeEvents {
        @Override
        public void phase(Phase phase) {
            events.phase(phase);
        }

        @Override
        public void workerStarted(long pid) {
            events.worker(pid, "started", null);
        }

        @Override
        public void workerReady(long pid) {
            events.worker(pid, "ready", null);
        }

        @Override
        public void workerExited(long pid, @Nullable Integer exitCode) {
            events.worker(pid, "exited", exitCode);
        }

        @Override
        public void ready() {
            events.ready();
        }

        @Override
        public void failed(StartFailure failure) {
            events.failed(failure);
            startFailure = failure;
            stop(EXIT_FAILED, Duration.ZERO, config.stopGrace());
        }
    }
}
