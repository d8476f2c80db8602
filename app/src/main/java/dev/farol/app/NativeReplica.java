package dev.farol.app;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.ModelRuntime.Route;
import dev.farol.runtime.ModelRuntime.Scoring;
import dev.farol.runtime.ScoreListener;
import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.onnx.OnnxModels;
import dev.farol.runtime.serve.NativeRuntime;
import dev.farol.runtime.serve.NativeServer;
import dev.farol.runtime.serve.RouteSet;
import dev.farol.runtime.serve.SingleModel;
import dev.farol.runtime.tensor.TensorModel;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.ReplicaSpec.NativeModel.Kind;
import dev.farol.wire.EventLoop;
import java.nio.file.Path;

/** A replica that computes its model itself: which engine and which paths serve what. */
final class NativeReplica {
    /** The system property that says where native libraries are unpacked. */
    static final String CACHE = "farol.native";

    private static final RouteSet NONE =
            new RouteSet() {
                @Override
                public Route route(String method, String path) {
                    return Route.NONE;
                }

                @Override
                public Scoring score(ScoreRequest request, ScoreListener listener) {
                    throw new IllegalStateException(request.path());
                }
            };

    private NativeReplica() {}

    static ModelRuntime.Factory factory() {
        return (spec, loop, console) ->
                new NativeRuntime(server(spec, loop, console), loop, console);
    }

    private static NativeServer server(ReplicaSpec spec, EventLoop loop, ConsoleLog console) {
        Kind kind = spec.requireNativeModel().kind();
        return switch (kind) {
            case ONNX -> {
                int threads = Runtime.getRuntime().availableProcessors();
                var engine = new OnnxModels(cache(), loop::execute, threads);
                yield new SingleModel(engine, spec, threads, loop, console, NONE, model -> {});
            }
            case TRITON ->
                    throw new FarolException(
                            ErrorCode.NOT_SUPPORTED, "Model repositories are not served.");
        };
    }

    private static Path cache() {
        String named = System.getProperty(CACHE);
        return named == null
                ? Path.of(System.getProperty("user.home"), ".farol", "cache", "native")
                : Path.of(named);
    }

    /** Loads a model in the foreground, and says what became of it. */
    static int check(String kind, Path file) {
        if (!kind.equals(Kind.ONNX.name())) {
            System.err.println("kind: " + kind + " (expected: ONNX)");
            return 2;
        }
        try (TensorModel model =
                new OnnxModels(cache(), Runnable::run, 1).load("model", "1", file)) {
            System.out.println("inputs:  " + model.info().inputs());
            System.out.println("outputs: " + model.info().outputs());
            return 0;
        } catch (FarolException failure) {
            System.err.println(failure.getMessage());
            if (failure.getCause() != null) {
                System.err.println(failure.getCause().getMessage());
            }
            return 3;
        }
    }
}
