package dev.farol.wire;

import dev.farol.wire.face.VertxLoop;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * One thread that serves HTTP and frames together, so that a request crosses no thread between its
 * socket and a worker's. Every callback of what is served here runs on that thread and must not
 * block.
 */
public interface EventLoop extends AutoCloseable {
    /** Starts the thread; native transport where the platform has one. */
    static EventLoop start() {
        return VertxLoop.start();
    }

    /** Runs the task on the loop, soon; from any thread. Ignored once the loop is closed. */
    void execute(Runnable task);

    /** Runs the task on the loop after the delay (at least a millisecond); from any thread. */
    Timer after(Duration delay, Runnable task);

    /** Whether the caller is on the loop's thread. */
    boolean inLoop();

    /**
     * Serves plain HTTP/1.1. Blocks until it listens; not for the loop's own thread.
     *
     * @throws IOException when the address cannot be bound
     */
    default FaceServer serveFace(Listen listen, FaceSettings settings, FaceHandler handler)
            throws IOException {
        return serveFace(listen, settings, handler, null);
    }

    /**
     * The same, and on the same port HTTP/2 with prior knowledge and the calls of gRPC on it.
     *
     * @param calls null serves HTTP/1.1 alone
     * @throws IOException when the address cannot be bound
     */
    FaceServer serveFace(
            Listen listen, FaceSettings settings, FaceHandler handler, @Nullable GrpcHandler calls)
            throws IOException;

    /**
     * Serves frames on a Unix domain socket, which it makes. Blocks until it listens; not for the
     * loop's own thread.
     *
     * @param maxFrame in bytes; a peer that announces a longer one is disconnected
     * @throws IOException when the socket cannot be made
     */
    FrameServer serveFrames(Path socket, int maxFrame, FrameHandler handler) throws IOException;

    /** Closes every server and connection and ends the thread. Blocks until it has ended. */
    @Override
    void close();

    /** A task that waits for its time. */
    interface Timer {
        /** The task does not run, unless it runs already. */
        void cancel();
    }
}
