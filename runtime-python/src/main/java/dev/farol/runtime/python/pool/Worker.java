package dev.farol.runtime.python.pool;

import dev.farol.runtime.python.launch.Launched;
import dev.farol.spec.Phase;
import dev.farol.wire.EventLoop;
import dev.farol.wire.FrameConnection;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * One life of a worker process, and the requests that are with it. Belongs to the loop's thread.
 */
final class Worker {
    enum State {
        STARTING,
        READY,
        GONE
    }

    /** A run shorter than this hardly notices the way to its worker: none waits behind it. */
    private static final long SLOW_MICROS = 3_000;

    private static final long QUICK_MICROS = 600;

    final String id;
    final boolean fresh;
    final Mark mark;
    final ArrayDeque<Call> calls = new ArrayDeque<>();
    private final EventLoop loop;
    private final Duration hangGrace;
    private final Consumer<Worker> onHang;
    State state = State.STARTING;
    Phase phase = Phase.CODE;
    @Nullable Launched process;
    @Nullable FrameConnection connection;
    @Nullable Integer exitCode;
    @Nullable JsonNode failure;
    boolean served;
    boolean timedOut;
    boolean connectionClosed;
    boolean settled;
    boolean wantsHeaders;
    private long averageMicros = SLOW_MICROS;

    /**
     * @param onHang called when the worker goes on with a request whose time is long over
     */
    Worker(
            String id,
            boolean fresh,
            Mark mark,
            EventLoop loop,
            Duration hangGrace,
            Consumer<Worker> onHang) {
        this.id = id;
        this.fresh = fresh;
        this.mark = mark;
        this.loop = loop;
        this.hangGrace = hangGrace;
        this.onHang = onHang;
    }

    /** Whether it takes one more request; how many it may have depends on how long its runs are. */
    boolean hasRoom(int depth) {
        int most = averageMicros >= SLOW_MICROS ? 1 : averageMicros >= QUICK_MICROS ? 2 : depth;
        return state == State.READY
                && calls.size() < Math.min(most, depth)
                && connection != null
                && connection.writable();
    }

    void give(Call call) {
        if (connection == null) {
            throw new IllegalStateException("Worker " + id + " has no connection");
        }
        call.worker = this;
        calls.add(call);
        ByteBuffer head = Frames.score(call.sequence, call.request, wantsHeaders);
        connection.send(head, call.request.body());
    }

    /** The call that the answer belongs to; null when the worker answers what it was not asked. */
    @Nullable Call answered(Frames.Answer answer) {
        Call head = calls.peek();
        if (head == null || head.sequence != answer.sequence()) {
            return null;
        }
        calls.poll();
        head.worker = null;
        if (answer.micros() >= 0) {
            averageMicros += (answer.micros() - averageMicros) / 8;
        }
        headMayHang();
        return head;
    }

    /** A request whose time is over holds the worker no longer than the grace. */
    void headMayHang() {
        Call head = calls.peek();
        if (head != null && head.expired) {
            loop.after(
                    hangGrace,
                    () -> {
                        Call still = calls.peek();
                        if (still != null && still.sequence == head.sequence) {
                            onHang.accept(this);
                        }
                    });
        }
    }

    /** Kills the process; off the loop, because looking for its children takes a while. */
    void kill() {
        var running = process;
        if (running != null) {
            Thread.ofVirtual().name("kill-" + running.pid()).start(running::kill);
        }
    }
}
