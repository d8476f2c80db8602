package dev.farol.runtime.serve;

import dev.farol.runtime.ModelRuntime.Route;
import dev.farol.runtime.ModelRuntime.Scoring;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.tensor.TensorModel;
import java.util.function.Consumer;

/**
 * What else answers for a model than {@code /score}.
 *
 * @param routes asked for every path but {@code /score}
 * @param served is given the model once it is loaded, before anything is answered; not on the loop
 */
public record Beside(RouteSet routes, Consumer<TensorModel> served) {
    /** No other path. */
    public static final Beside NOTHING = new Beside(new NoRoutes(), model -> {});

    private static final class NoRoutes implements RouteSet {
        @Override
        public Route route(String method, String path) {
            return Route.NONE;
        }

        @Override
        public Scoring score(ScoreRequest request, ScoreListener listener) {
            throw new IllegalStateException(request.path());
        }
    }
}
