package dev.farol.runtime.serve;

import dev.farol.runtime.ModelFacts;
import dev.farol.runtime.ModelRuntime.Route;
import dev.farol.runtime.ModelRuntime.Scoring;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.spec.Phase;
import java.util.function.Consumer;

/** What a replica without Python serves. All but {@link #load} and {@link #close}: on the loop. */
public interface NativeServer extends AutoCloseable {
    /**
     * Reads what is to be served and makes it ready. Blocks; not on the loop.
     *
     * @param reached is told the phases as they begin
     * @return what the face answers by
     * @throws dev.farol.spec.FarolException when it cannot be served
     */
    ModelFacts load(Consumer<Phase> reached);

    /** What becomes of a request for a path that is not one of the face's own. */
    Route route(String method, String path);

    /** Takes a request, for {@code /score} or one that a route leads here. */
    Scoring score(ScoreRequest request, ScoreListener listener);

    /** Ends what computes. Blocks; not on the loop. */
    @Override
    void close();
}
