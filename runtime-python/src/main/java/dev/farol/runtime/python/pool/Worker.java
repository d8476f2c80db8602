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

    private static final ByteBuffer NOTHING = ByteBuffer.allocate(0);

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
    Frames.Wants wants = Frames.Wants.BODY;

    /** Its script is asynchronous: it takes every request at once, and answers in any order. */
    boolean concurrent;

    /** How many requests its script takes at once. */
    int maxBatch = 1;

    /** It streamed once: nothing waits behind what it runs from then on. */
    private boolean streams;

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
        if (concurrent) {
            return state == State.READY && connection != null && connection.writable();
        }
        if (maxBatch > 1) {
            // As many as run, and as many that wait for the next batch.
            return state == State.READY
                    && calls.size() < 2 * maxBatch
                    && connection != null
                    && connection.writable();
        }
        int most =
                streams || averageMicros >= SLOW_MICROS
                        ? 1
                        : averageMicros >= QUICK_MICROS ? 2 : depth;
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
        ByteBuffer head = Frames.score(call.sequence, call.request, wants);
        connection.send(head, call.request.body());
    }

    void send(ByteBuffer frame) {
        if (connection != null) {
            connection.send(frame, NOTHING);
        }
    }

    /** Tells the script that nobody waits, if that reaches it: not while it runs a plain run(). */
    void cancel(Call call) {
        if (concurrent || call.streaming) {
            send(Frames.cancel(call.sequence));
        }
    }

    /** The call that the worker speaks of; null when it was not asked. */
    @Nullable Call find(int sequence) {
        Call head = calls.peek();
        if (head == null || head.sequence == sequence) {
            return head;
        }
        if (concurrent) {
            for (Call call : calls) {
                if (call.sequence == sequence) {
                    return call;
                }
            }
        }
        return null;
    }

    void begins(Call call, long micros) {
        streams = true;
        measure(micros);
        call.streaming = true;
    }

    /** The call is over. */
    void done(Call call, long micros) {
        calls.remove(call);
        call.worker = null;
        measure(micros);
        Call head = calls.peek();
        if (head != null && head.expired && !concurrent) {
            mayHang(head);
        }
    }

    private void measure(long micros) {
        if (micros >= 0) {
            averageMicros += (micros - averageMicros) / 8;
        }
    }

    /** A request whose time is over holds the worker no longer than the grace. */
    void mayHang(Call call) {
        if (concurrent || calls.peek() == call) {
            int sequence = call.sequence;
            loop.after(
                    hangGrace,
                    () -> {
                        Call still = find(sequence);
                        if (still != null && still.expired) {
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
