package dev.farol.app;

import dev.farol.runtime.ConsoleLog;
import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.ReplicaConfig;
import dev.farol.runtime.oip.Oip;
import dev.farol.runtime.oip.SingleRepository;
import dev.farol.runtime.onnx.OnnxModels;
import dev.farol.runtime.serve.Beside;
import dev.farol.runtime.serve.Hosting;
import dev.farol.runtime.serve.NativeRuntime;
import dev.farol.runtime.serve.SingleModel;
import dev.farol.runtime.tensor.TensorModel;
import dev.farol.spec.FarolException;
import dev.farol.spec.ReplicaSpec;
import dev.farol.spec.ReplicaSpec.NativeModel.Kind;
import dev.farol.wire.EventLoop;
import java.nio.file.Path;

/** A replica that computes its model itself: which engine and which paths serve what. */
final class NativeReplica {
    /** The system property that says where native libraries are unpacked. */
    static final String CACHE = "farol.native";

    private NativeReplica() {}

    static ModelRuntime.Factory factory() {
        return (spec, loop, console) ->
                switch (spec.requireNativeModel().kind()) {
                    case ONNX -> single(spec, loop, console);
                    case TRITON -> TritonReplica.factory(cache()).create(spec, loop, console);
                };
    }

    private static ModelRuntime single(ReplicaSpec spec, EventLoop loop, ConsoleLog console) {
        int threads = spec.requireNativeModel().places();
        var engine = new OnnxModels(cache(), loop::execute, threads);
        var repository = new SingleRepository();
        long maxBody = ReplicaConfig.DEFAULTS.face().maxBody();
        var host = Hosting.of(loop, threads, console, maxBody);
        var oip = new Oip(repository, "farol", Distribution.version(), maxBody, host.coders());
        var server = new SingleModel(spec, engine, host, new Beside(oip, repository::serve));
        return new NativeRuntime(server, loop, console, oip.rpc());
    }

    private static Path cache() {
        String named = System.getProperty(CACHE);
        return named == null ? Home.of(null).nativeLibraries() : Path.of(named);
    }

    /** Loads a model in the foreground, and says what became of it. */
    static int check(String kind, Path file) {
        if (kind.equals(Kind.TRITON.name())) {
            return TritonReplica.check(cache(), file);
        }
        if (!kind.equals(Kind.ONNX.name())) {
            System.err.println("kind: " + kind + " (expected: ONNX or TRITON)");
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
