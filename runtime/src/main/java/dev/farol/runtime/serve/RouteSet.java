package dev.farol.runtime.serve;

import dev.farol.runtime.ModelRuntime.Route;
import dev.farol.runtime.ModelRuntime.Scoring;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;

/** Paths beside {@code /score}, for example those of the Open Inference Protocol. On the loop. */
public interface RouteSet {
    Route route(String method, String path);

    /** Takes a request that {@link #route} did not refuse; also before the model is ready. */
    Scoring score(ScoreRequest request, ScoreListener listener);
}
