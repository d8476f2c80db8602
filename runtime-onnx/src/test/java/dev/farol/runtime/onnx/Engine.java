package dev.farol.runtime.onnx;

import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorModel;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/** ONNX Runtime with a loop of its own, and calls that wait for their answers. */
final class Engine implements AutoCloseable {
    private final ExecutorService loop =
            Executors.newSingleThreadExecutor(Thread.ofPlatform().name("test-loop").factory());
    final OnnxModels models;

    Engine(Path cache) {
        this(cache, 2);
    }

    Engine(Path cache, int threads) {
        models = new OnnxModels(cache, loop, threads);
    }

    TensorModel load(String name) {
        return models.load(name, "1", Golden.file(name));
    }

    /** What came of a call: outputs, or a failure. */
    record Answer(
            @org.jspecify.annotations.Nullable List<Tensor> outputs,
            @org.jspecify.annotations.Nullable InferenceFailure failure,
            String thread) {}

    CompletableFuture<Answer> ask(TensorModel model, List<Tensor> inputs, String... outputs) {
        return ask(false, model, inputs, outputs);
    }

    private CompletableFuture<Answer> ask(
            boolean late, TensorModel model, List<Tensor> inputs, String... outputs) {
        var answer = new CompletableFuture<Answer>();
        loop.execute(
                () ->
                        model.infer(
                                inputs,
                                List.of(outputs),
                                new InferenceListener() {
                                    @Override
                                    public void done(List<Tensor> tensors, Timing timing) {
                                        answer.complete(new Answer(tensors, null, thread()));
                                    }

                                    @Override
                                    public void failed(InferenceFailure failure) {
                                        answer.complete(new Answer(null, failure, thread()));
                                    }

                                    @Override
                                    public boolean late() {
                                        return late;
                                    }

                                    private String thread() {
                                        return Thread.currentThread().getName();
                                    }
                                }));
        return answer;
    }

    /** Asks; tells once there is an answer whether it was there when the call returned. */
    CompletableFuture<Boolean> askInTurn(TensorModel model, List<Tensor> inputs) {
        var told = new CompletableFuture<Boolean>();
        loop.execute(() -> inTurn(model, inputs, told));
        return told;
    }

    private static void inTurn(
            TensorModel model, List<Tensor> inputs, CompletableFuture<Boolean> told) {
        var returned = new boolean[1];
        model.infer(
                inputs,
                List.of(),
                new InferenceListener() {
                    @Override
                    public void done(List<Tensor> tensors, Timing timing) {
                        told.complete(!returned[0]);
                    }

                    @Override
                    public void failed(InferenceFailure failure) {
                        told.completeExceptionally(new AssertionError(failure));
                    }
                });
        returned[0] = true;
    }

    /** Asks for one thing after the other before the loop can hear of an answer. */
    CompletableFuture<Boolean> askBehind(
            TensorModel model, List<Tensor> first, List<Tensor> second) {
        var told = new CompletableFuture<Boolean>();
        loop.execute(
                () -> {
                    inTurn(model, first, new CompletableFuture<>());
                    inTurn(model, second, told);
                });
        return told;
    }

    List<Tensor> infer(TensorModel model, List<Tensor> inputs, String... outputs) throws Exception {
        Answer answer = ask(model, inputs, outputs).get(20, TimeUnit.SECONDS);
        if (answer.outputs() == null) {
            throw new AssertionError(String.valueOf(answer.failure()));
        }
        return answer.outputs();
    }

    InferenceFailure fail(TensorModel model, List<Tensor> inputs, String... outputs)
            throws Exception {
        Answer answer = ask(model, inputs, outputs).get(20, TimeUnit.SECONDS);
        if (answer.failure() == null) {
            throw new AssertionError("it answered: " + answer.outputs());
        }
        return answer.failure();
    }

    /** Asks for what is to be computed in no time at all. */
    InferenceFailure failLate(TensorModel model, List<Tensor> inputs) throws Exception {
        Answer answer = ask(true, model, inputs).get(20, TimeUnit.SECONDS);
        if (answer.failure() == null) {
            throw new AssertionError("it answered: " + answer.outputs());
        }
        return answer.failure();
    }

    @Override
    public void close() {
        loop.shutdownNow();
    }
}
