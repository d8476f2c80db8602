package dev.farol.runtime.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtLoggingLevel;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.OrtSession.SessionOptions;
import dev.farol.runtime.tensor.TensorModel;
import dev.farol.runtime.tensor.TensorModels;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executor;

/** Makes models of files in the ONNX format. */
public final class OnnxModels implements TensorModels {
    private final Path cache;
    private final Executor loop;
    private final int threads;

    /**
     * @param cache where the native libraries are unpacked, once for every process
     * @param loop runs what it is given on the loop's thread
     * @param threads how many calls of a model compute at once, besides the loop's own
     */
    public OnnxModels(Path cache, Executor loop, int threads) {
        this.cache = cache;
        this.loop = loop;
        this.threads = threads;
    }

    @Override
    public TensorModel load(String name, String version, Path file) {
        require(file);
        OrtEnvironment environment = OrtLibrary.start(cache);
        OrtSession session = session(environment, file);
        try {
            return new OnnxModel(
                    environment, session, Signature.of(name, version, session), loop, threads);
        } catch (OrtException | RuntimeException failure) {
            close(session, failure);
            throw failure instanceof FarolException told
                    ? told
                    : new FarolException(
                            Problem.of(ErrorCode.INIT_FAILED, String.valueOf(failure.getMessage())),
                            failure);
        }
    }

    private static void require(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                throw new FarolException(
                        ErrorCode.MODEL_UNAVAILABLE, "There is no file " + file + ".");
            }
            if (Files.size(file) == 0) {
                throw new FarolException(
                        ErrorCode.MODEL_UNAVAILABLE, file.getFileName() + " is empty (0 bytes).");
            }
        } catch (IOException failure) {
            throw new FarolException(
                    Problem.of(ErrorCode.MODEL_UNAVAILABLE, file + " cannot be read."), failure);
        }
    }

    private static OrtSession session(OrtEnvironment environment, Path file) {
        try (var options = new SessionOptions()) {
            // The calls are spread over threads by Farol: a second thread within a call slows both.
            options.setIntraOpNumThreads(1);
            options.setInterOpNumThreads(1);
            // What fails is told to the caller; the engine's own lines would repeat it.
            options.setSessionLogLevel(OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL);
            return environment.createSession(file.toString(), options);
        } catch (OrtException failure) {
            ErrorCode code =
                    switch (failure.getCode()) {
                        case ORT_NO_SUCHFILE, ORT_NO_MODEL, ORT_INVALID_PROTOBUF ->
                                ErrorCode.MODEL_UNAVAILABLE;
                        default -> ErrorCode.INIT_FAILED;
                    };
            throw new FarolException(
                    Problem.of(code, "ONNX Runtime cannot load " + file.getFileName() + "."),
                    failure);
        }
    }

    private static void close(OrtSession session, Exception failure) {
        try {
            session.close();
        } catch (OrtException second) {
            failure.addSuppressed(second);
        }
    }
}
