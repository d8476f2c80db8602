package dev.farol.runtime;

import dev.farol.wire.EventLoop;
import dev.farol.wire.FaceHandler;
import dev.farol.wire.FaceServer;
import dev.farol.wire.FaceSettings;
import dev.farol.wire.FrameHandler;
import dev.farol.wire.FrameServer;
import dev.farol.wire.GrpcHandler;
import dev.farol.wire.Listen;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.jspecify.annotations.Nullable;

/** A loop that turns when it is told to. */
public final class HandLoop implements EventLoop {
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();

    @Override
    public void execute(Runnable task) {
        tasks.add(task);
    }

    /** False when there is nothing to do. */
    public boolean turn() {
        Runnable task = tasks.poll();
        if (task != null) {
            task.run();
        }
        return task != null;
    }

    @Override
    public Timer after(Duration delay, Runnable task) {
        throw new IllegalStateException("nothing waits here");
    }

    @Override
    public boolean inLoop() {
        return true;
    }

    @Override
    public FaceServer serveFace(
            Listen listen,
            FaceSettings settings,
            FaceHandler handler,
            @Nullable GrpcHandler calls) {
        throw new IllegalStateException("nothing listens here");
    }

    @Override
    public FrameServer serveFrames(Path socket, int maxFrame, FrameHandler handler) {
        throw new IllegalStateException("nothing listens here");
    }

    @Override
    public void close() {}
}
