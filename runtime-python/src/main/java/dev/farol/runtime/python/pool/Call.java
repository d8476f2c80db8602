package dev.farol.runtime.python.pool;

import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** A request on its way to a worker and back. Belongs to the loop's thread. */
final class Call implements ModelRuntime.Scoring {
    final ScoreRequest request;
    private final ScoreListener listener;
    int sequence;
    boolean expired;

    /** The client is gone. */
    boolean cancelled;

    boolean streaming;
    @Nullable Worker worker;

    Call(ScoreRequest request, ScoreListener listener) {
        this.request = request;
        this.listener = listener;
    }

    @Override
    public void expire() {
        expired = true;
        if (worker != null) {
            worker.cancel(this);
            worker.mayHang(this);
        }
    }

    @Override
    public void cancel() {
        cancelled = true;
        if (worker != null) {
            worker.cancel(this);
        }
    }

    @Override
    public void taken(int bytes) {
        if (worker != null && !expired) {
            worker.send(Frames.taken(sequence, bytes));
        }
    }

    /** Hands the result over, unless nobody waits for it any more. */
    void finish(ScoreResult result) {
        if (expired) {
            return;
        }
        if (streaming) {
            listener.ended(false);
        } else {
            listener.answered(result);
        }
    }

    void begin(ScoreResult head) {
        streaming = true;
        if (!expired) {
            listener.begins(head);
        }
        if (cancelled && worker != null) {
            worker.cancel(this);
        }
    }

    void part(ByteBuffer bytes) {
        if (!expired) {
            listener.part(bytes);
        }
    }

    void end(boolean whole) {
        if (!expired) {
            listener.ended(whole);
        }
    }
}
