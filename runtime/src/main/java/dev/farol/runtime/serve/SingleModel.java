package dev.farol.runtime.serve;

import dev.farol.runtime.Millis;
import dev.farol.runtime.ModelFacts;
import dev.farol.runtime.ModelRuntime.Route;
import dev.farol.runtime.ModelRuntime.Scoring;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.ScoreResult;
import dev.farol.runtime.batch.BatchSettings;
import dev.farol.runtime.batch.Batcher;
import dev.farol.runtime.tensor.Fit;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorModel;
import dev.farol.runtime.tensor.TensorModels;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Phase;
import dev.farol.spec.Problem;
import dev.farol.spec.ReplicaSpec;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One model, behind {@code /score} and whatever other paths are given to it. */
public final class SingleModel implements NativeServer {
    /** Native models have no version of their own: the deployment names one. */
    public static final String VERSION = "1";

    private static final Logger LOG = LoggerFactory.getLogger(SingleModel.class);

    private final ReplicaSpec spec;
    private final TensorModels engine;
    private final Hosting host;
    private final Beside beside;
    private volatile @Nullable Loaded loaded;

    private record Loaded(Batcher model, Codecs codecs) {}

    public SingleModel(ReplicaSpec spec, TensorModels engine, Hosting host, Beside beside) {
        this.spec = spec;
        this.engine = engine;
        this.host = host;
        this.beside = beside;
    }

    @Override
    public ModelFacts load(Consumer<Phase> reached) {
        reached.accept(Phase.MODEL);
        var settings = BatchSettings.of(spec.environmentVariables());
        ReplicaSpec.NativeModel told = spec.requireNativeModel();
        Path file = Path.of(told.path());
        MlflowModel mlflow = described(() -> MlflowModel.around(file));
        Preprocessing how = described(() -> Preprocessing.beside(file));
        reached.accept(Phase.INIT);
        long begin = System.nanoTime();
        TensorModel model = engine.load(told.name(), VERSION, file);
        if (mlflow != null && !mlflow.refused().equals(MlflowModel.Refused.NOTHING)) {
            model = new RefusingModel(model, mlflow.columns(), mlflow.refused());
        }
        var batcher =
                new Batcher(
                        model,
                        settings,
                        host.places(),
                        host.loop()::execute,
                        host.loop()::after,
                        System::nanoTime,
                        host.console()::line);
        say(batcher, file, System.nanoTime() - begin);
        beside.served().accept(batcher);
        var codecs =
                new Codecs(
                        model.info(),
                        mlflow == null ? List.of() : mlflow.columns(),
                        new HashSet<>(batcher.jsonOutputs()),
                        AnswerStyle.of(mlflow),
                        how == null ? null : new ImageBody(how),
                        host.maxBody());
        loaded = new Loaded(batcher, codecs);
        return ModelSwagger.facts(model.info(), spec.deployment());
    }

    private void say(Batcher batcher, Path file, long nanos) {
        ModelInfo info = batcher.info();
        host.console()
                .line(
                        file.getFileName()
                                + " is loaded in "
                                + Millis.of(nanos / 1000)
                                + " ms ("
                                + info.platform()
                                + "). Inputs: "
                                + tensors(info.inputs())
                                + ". Outputs: "
                                + String.join(", ", batcher.everyOutput())
                                + ". "
                                + (batcher.together()
                                        ? "Requests that wait at the same time are computed together."
                                        : "Every request is computed by itself."));
    }

    private static String tensors(List<dev.farol.runtime.tensor.TensorInfo> infos) {
        return String.join(
                ", ", infos.stream().map(info -> info.name() + " " + Fit.told(info)).toList());
    }

    /** What stands beside a model. */
    @FunctionalInterface
    private interface Description<T extends @Nullable Object> {
        T read() throws IOException;
    }

    private static <T extends @Nullable Object> T described(Description<T> description) {
        try {
            return description.read();
        } catch (IOException failure) {
            throw new FarolException(
                    Problem.of(ErrorCode.MODEL_UNAVAILABLE, String.valueOf(failure.getMessage())),
                    failure);
        }
    }

    @Override
    public Route route(String method, String path) {
        return beside.routes().route(method, path);
    }

    @Override
    public Scoring score(ScoreRequest request, ScoreListener listener) {
        if (beside.routes().route(request.method(), request.path()) != Route.NONE) {
            return beside.routes().score(request, listener);
        }
        Loaded model = Objects.requireNonNull(loaded, "ready() comes first");
        var visit = new Visit(listener);
        try {
            visit.answer = model.codecs().answer(request);
            if (model.codecs().slow(request)) {
                decode(model, request, visit);
            } else {
                infer(model, model.codecs().read(request), visit);
            }
        } catch (Request.Refused refused) {
            visit.refused(refused);
        }
        return visit;
    }

    private static void infer(Loaded model, Request asked, Visit visit) {
        visit.request = asked;
        List<String> outputs =
                asked.outputs().isEmpty() ? model.model().everyOutput() : asked.outputs();
        model.model().infer(asked.inputs(), outputs, visit);
    }

    /** Reads the body elsewhere, then goes on here. */
    private void decode(Loaded model, ScoreRequest request, Visit visit) {
        elsewhere(
                visit,
                () -> {
                    Request asked = model.codecs().read(request);
                    return () -> infer(model, asked, visit);
                });
    }

    /** Does the first part of something elsewhere, and here what is left of it. */
    private void elsewhere(Visit visit, Supplier<Runnable> work) {
        if (!host.coders().run(() -> visit.wanted() ? outcome(visit, work) : () -> {})) {
            visit.failed(
                    new InferenceFailure(
                            InferenceFailure.Kind.UNAVAILABLE,
                            "The model is not loaded any more."));
        }
    }

    private static Runnable outcome(Visit visit, Supplier<Runnable> work) {
        try {
            return work.get();
        } catch (Request.Refused refused) {
            return () -> visit.refused(refused);
        } catch (RuntimeException failure) {
            LOG.warn("A body cannot be read or an answer not be written", failure);
            var told = new Request.Refused("The body cannot be decoded: " + failure.getMessage());
            return () -> visit.refused(told);
        } catch (OutOfMemoryError full) {
            LOG.warn("There is no memory for a body or an answer", full);
            var told =
                    new InferenceFailure(
                            InferenceFailure.Kind.UNAVAILABLE,
                            "The instance has not enough memory for this request.");
            return () -> visit.failed(told);
        }
    }

    /** A request while it is computed. */
    private final class Visit implements InferenceListener, Scoring {
        private final ScoreListener listener;
        private @Nullable Request request;
        private Codecs.@Nullable Answer answer;
        private final long begin = System.nanoTime();
        private volatile boolean over;

        Visit(ScoreListener listener) {
            this.listener = listener;
        }

        void refused(Request.Refused refused) {
            if (!over) {
                over = true;
                listener.answered(
                        ScoreResult.message(
                                refused.status(), false, String.valueOf(refused.getMessage())));
            }
        }

        @Override
        public boolean wanted() {
            return !over;
        }

        @Override
        public void done(List<Tensor> outputs, Timing timing) {
            if (over) {
                return;
            }
            long bytes = 0;
            for (Tensor output : outputs) {
                bytes += output.bytes();
            }
            if (bytes > Codecs.LARGE) {
                elsewhere(this, () -> written(outputs));
            } else {
                outcome(this, () -> written(outputs)).run();
            }
        }

        private Runnable written(List<Tensor> outputs) {
            Codecs.Answer form = Objects.requireNonNull(answer, "answer");
            ByteBuffer body = form.write(Objects.requireNonNull(request, "request"), outputs);
            return () -> {
                if (over) {
                    return;
                }
                over = true;
                listener.answered(
                        new ScoreResult(
                                200,
                                Headers.of(
                                        "Content-Type",
                                        form.contentType(),
                                        "x-ms-run-function-failed",
                                        "False",
                                        "x-ms-run-fn-exec-ms",
                                        Millis.of((System.nanoTime() - begin) / 1000)),
                                body));
            };
        }

        @Override
        public void failed(InferenceFailure failure) {
            if (over) {
                return;
            }
            over = true;
            listener.answered(
                    switch (failure.kind()) {
                        case REQUEST -> ScoreResult.message(400, false, failure.message());
                        case UNAVAILABLE -> ScoreResult.message(503, false, failure.message());
                        case MODEL -> {
                            host.console().line("A request failed: " + failure.message());
                            yield ScoreResult.message(500, true, failure.message());
                        }
                    });
        }

        @Override
        public void expire() {
            over = true;
        }

        @Override
        public void cancel() {
            if (!over) {
                over = true;
                listener.answered(ScoreResult.message(499, false, "The client went away."));
            }
        }

        @Override
        public void taken(int bytes) {}
    }

    @Override
    public void close() {
        host.coders().close();
        Loaded model = loaded;
        if (model != null) {
            model.model().close();
        }
    }
}
