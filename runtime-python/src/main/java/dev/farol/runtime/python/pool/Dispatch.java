package dev.farol.runtime.python.pool;

import dev.farol.runtime.ScoreResult;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which worker runs which request. The map of what is in flight is here, not in the workers: when
 * one dies, the request that it had begun fails, and those behind it go to others. Belongs to the
 * loop's thread.
 */
final class Dispatch {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatch.class);

    private final int depth;
    private final List<Worker> ready = new ArrayList<>();
    private final ArrayDeque<Call> pending = new ArrayDeque<>();
    private int sequence;

    /**
     * @param depth how many calls at most are with one worker
     */
    Dispatch(int depth) {
        this.depth = depth;
    }

    int size() {
        return ready.size();
    }

    void join(Worker worker) {
        ready.add(worker);
        if (worker.connection != null) {
            worker.connection.onWritable(this::feed);
        }
        feed();
    }

    void add(Call call) {
        pending.add(call);
        feed();
    }

    /**
     * @return false when the worker answered what it was not asked
     */
    boolean answered(Worker worker, Frames.Answer answer) {
        Call call = worker.find(answer.sequence());
        if (call == null) {
            return false;
        }
        worker.done(call, answer.micros());
        // First the next request, then the answer to this one: the worker must not wait.
        feed();
        call.finish(answer.result());
        return true;
    }

    /**
     * @return false when the worker was not asked for this
     */
    boolean begins(Worker worker, Frames.Answer head) {
        Call call = worker.find(head.sequence());
        if (call == null) {
            return false;
        }
        worker.begins(call, head.micros());
        call.begin(head.result());
        return true;
    }

    /**
     * @return false when the worker was not asked for this
     */
    boolean part(Worker worker, int sequence, ByteBuffer bytes) {
        Call call = worker.find(sequence);
        if (call == null || !call.streaming) {
            return false;
        }
        call.part(bytes);
        return true;
    }

    /**
     * @return false when the worker was not asked for this
     */
    boolean ended(Worker worker, int sequence, boolean whole) {
        Call call = worker.find(sequence);
        if (call == null || !call.streaming) {
            return false;
        }
        worker.done(call, -1);
        feed();
        call.end(whole);
        return true;
    }

    /** The worker is gone. */
    void leave(Worker worker) {
        ready.remove(worker);
        List<Call> begun = begun(worker);
        worker.calls.removeAll(begun);
        for (Call call = worker.calls.pollLast(); call != null; call = worker.calls.pollLast()) {
            call.worker = null;
            pending.addFirst(call);
        }
        feed();
        for (Call call : begun) {
            call.worker = null;
            call.finish(lost());
        }
    }

    /**
     * The calls that the worker had begun and not answered when it died: its mark names the last
     * one, and it begins them in their order.
     */
    private static List<Call> begun(Worker worker) {
        if (worker.concurrent) {
            return List.copyOf(worker.calls);
        }
        try {
            long mark = worker.mark.read();
            var begun = new ArrayList<Call>();
            for (Call call : worker.calls) {
                begun.add(call);
                if (call.sequence == mark) {
                    return begun;
                }
            }
            return List.of();
        } catch (IOException failure) {
            LOG.error("Nobody knows which requests had begun; they count as lost", failure);
            return worker.calls.stream().limit(worker.maxBatch).toList();
        }
    }

    private static ScoreResult lost() {
        var result =
                ScoreResult.message(
                        502, true, "WorkerLost: the process that ran the request died.");
        result.headers().add("ms-azureml-model-error-reason", "worker_lost");
        return result;
    }

    private void feed() {
        while (!pending.isEmpty()) {
            if (pending.element().expired) {
                pending.remove();
                continue;
            }
            Worker worker = leastLoaded();
            if (worker == null) {
                return;
            }
            Call call = pending.remove();
            call.sequence = nextSequence();
            worker.give(call);
        }
    }

    private @Nullable Worker leastLoaded() {
        Worker best = null;
        for (Worker worker : ready) {
            if (worker.hasRoom(depth)
                    && (best == null || worker.calls.size() < best.calls.size())) {
                best = worker;
            }
        }
        return best;
    }

    /** Never 0, which is what the mark of a worker says that has begun nothing. */
    private int nextSequence() {
        sequence++;
        if (sequence == 0) {
            sequence++;
        }
        return sequence;
    }
}
