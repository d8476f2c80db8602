package dev.farol.runtime.python.pool;

import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A request on its way to a worker and back. Belongs to the loop's thread. */
final class Call implements ModelRuntime.Scoring {
    final ScoreRequest request;
    private final Consumer<ScoreResult> done;
    int sequence;
    boolean expired;
    @Nullable Worker worker;

    Call(ScoreRequest request, Consumer<ScoreResult> done) {
        this.request = request;
        this.done = done;
    }

    @Override
    public void expire() {
        expired = true;
        if (worker != null) {
            worker.headMayHang();
        }
    }

    /** Hands the result over, unless nobody waits for it any more. */
    void finish(ScoreResult result) {
        if (!expired) {
            done.accept(result);
        }
    }
}
