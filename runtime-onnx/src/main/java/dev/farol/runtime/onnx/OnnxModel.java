package dev.farol.runtime.onnx;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtException.OrtErrorCode;
import ai.onnxruntime.OrtSession;
import dev.farol.runtime.onnx.Bench.Pinned;
import dev.farol.runtime.tensor.Fit;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.JsonOutputs;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A model in ONNX Runtime: one session for all threads. What is known to be over in less than half
 * a millisecond is computed on the loop itself, the rest on threads of its own; never on a virtual
 * thread, which a native call would hold fast.
 */
final class OnnxModel implements TensorModel, JsonOutputs {
    private static final Logger LOG = LoggerFactory.getLogger(OnnxModel.class);

    private final OrtEnvironment environment;
    private final OrtSession session;
    private final Signature signature;
    private final Executor loop;
    private final ExecutorService pool;
    private final Map<Thread, Workspace> workspaces = new ConcurrentHashMap<>();

    /** By the number of binary digits of how many elements go in. */
    private final Pace[] paces = new Pace[Long.SIZE + 1];

    /** Held for reading by who computes, for writing by who closes. */
    private final ReentrantReadWriteLock open = new ReentrantReadWriteLock();

    private final int threads;

    /** Calls that are with the pool. By the loop alone. */
    private int pooled;

    private boolean closed;
    private volatile boolean pinning = true;

    OnnxModel(
            OrtEnvironment environment,
            OrtSession session,
            Signature signature,
            Executor loop,
            int threads) {
        this.environment = environment;
        this.session = session;
        this.signature = signature;
        this.loop = loop;
        this.threads = threads;
        this.pool =
                Executors.newFixedThreadPool(
                        threads,
                        Thread.ofPlatform()
                                .daemon()
                                .name(signature.info().name() + "-", 0)
                                .factory());
        for (int i = 0; i < paces.length; i++) {
            paces[i] = new Pace();
        }
    }

    @Override
    public ModelInfo info() {
        return signature.info();
    }

    @Override
    public List<String> everyOutput() {
        return signature.outputs();
    }

    @Override
    public List<String> jsonOutputs() {
        return signature.json();
    }

    @Override
    public int places() {
        return threads;
    }

    @Override
    public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
        InferenceFailure refusal = Fit.refusal(info(), inputs, outputs, signature.outputs());
        if (refusal != null) {
            listener.failed(refusal);
            return;
        }
        List<Tensor> ordered = ordered(inputs);
        long arrived = System.nanoTime();
        Pace pace = pace(ordered);
        if (pace.quick() && pooled < threads) {
            compute(ordered, outputs, arrived, pace).tell(listener);
            return;
        }
        try {
            pool.execute(
                    () -> {
                        Outcome outcome =
                                listener.wanted()
                                        ? inTime(listener, ordered, outputs, arrived, pace)
                                        : null;
                        loop.execute(
                                () -> {
                                    pooled--;
                                    if (outcome != null) {
                                        outcome.tell(listener);
                                    }
                                });
                    });
            pooled++;
        } catch (RejectedExecutionException ended) {
            listener.failed(GONE);
        }
    }

    private static final InferenceFailure GONE =
            new InferenceFailure(
                    InferenceFailure.Kind.UNAVAILABLE, "The model is not loaded any more.");

    private List<Tensor> ordered(List<Tensor> inputs) {
        List<TensorInfo> wanted = signature.info().inputs();
        boolean inOrder = true;
        for (int i = 0; i < wanted.size() && inOrder; i++) {
            inOrder = wanted.get(i).name().equals(inputs.get(i).name());
        }
        if (inOrder) {
            return inputs;
        }
        var byName = new HashMap<String, Tensor>();
        inputs.forEach(input -> byName.put(input.name(), input));
        return wanted.stream().map(info -> byName.get(info.name())).toList();
    }

    private Pace pace(List<Tensor> inputs) {
        long elements = 0;
        for (Tensor input : inputs) {
            elements += input.elements();
        }
        return paces[Long.SIZE - Long.numberOfLeadingZeros(elements)];
    }

    /** What a call gave. */
    private sealed interface Outcome {
        void tell(InferenceListener listener);
    }

    private record Done(List<Tensor> outputs, InferenceListener.Timing timing) implements Outcome {
        @Override
        public void tell(InferenceListener listener) {
            listener.done(outputs, timing);
        }
    }

    private record Failed(InferenceFailure failure) implements Outcome {
        @Override
        public void tell(InferenceListener listener) {
            listener.failed(failure);
        }
    }

    private Outcome inTime(
            InferenceListener listener,
            List<Tensor> inputs,
            List<String> outputs,
            long arrived,
            Pace pace) {
        return listener.late()
                ? new Failed(InferenceFailure.LATE)
                : compute(inputs, outputs, arrived, pace);
    }

    private Outcome compute(List<Tensor> inputs, List<String> outputs, long arrived, Pace pace) {
        open.readLock().lock();
        try {
            if (closed) {
                return new Failed(GONE);
            }
            long begin = System.nanoTime();
            List<Tensor> computed = run(inputs, outputs.isEmpty() ? tensorNames() : outputs);
            long nanos = System.nanoTime() - begin;
            pace.took(nanos);
            return new Done(
                    computed, new InferenceListener.Timing(begin - arrived, nanos, rows(inputs)));
        } catch (Values.Unfit unfit) {
            return failed(InferenceFailure.Kind.REQUEST, unfit.getMessage());
        } catch (OrtException failure) {
            return failed(kind(failure), told(failure));
        } catch (RuntimeException | OutOfMemoryError failure) {
            LOG.warn("A call of {} failed", info().name(), failure);
            return failed(InferenceFailure.Kind.MODEL, "The engine failed: " + failure);
        } finally {
            open.readLock().unlock();
        }
    }

    private static Failed failed(InferenceFailure.Kind kind, @Nullable String message) {
        return new Failed(new InferenceFailure(kind, String.valueOf(message)));
    }

    /**
     * The engine's own check of shapes is about the request; everything else is about the model.
     */
    private static InferenceFailure.Kind kind(OrtException failure) {
        return failure.getCode() == OrtErrorCode.ORT_INVALID_ARGUMENT
                ? InferenceFailure.Kind.REQUEST
                : InferenceFailure.Kind.MODEL;
    }

    /** Without the binding's own words in front. */
    private static String told(OrtException failure) {
        String message = String.valueOf(failure.getMessage());
        int mark = message.indexOf(" - message: ");
        return mark < 0 ? message : message.substring(mark + " - message: ".length());
    }

    private List<String> tensorNames() {
        return signature.info().outputs().stream().map(TensorInfo::name).toList();
    }

    private static int rows(List<Tensor> inputs) {
        if (inputs.isEmpty() || inputs.getFirst().rank() == 0) {
            return 1;
        }
        return (int) Math.min(inputs.getFirst().extent(0), Integer.MAX_VALUE);
    }

    private List<Tensor> run(List<Tensor> inputs, List<String> outputs)
            throws OrtException, Values.Unfit {
        Workspace workspace =
                workspaces.computeIfAbsent(
                        Thread.currentThread(), thread -> new Workspace(environment, signature));
        Bench bench = workspace.bench(inputs);
        if (bench == null) {
            return runOnce(inputs, outputs);
        }
        Map<String, OnnxTensor> feed = bench.fill(inputs);
        if (pinning) {
            try {
                return call(bench, feed, outputs);
            } catch (OrtException failure) {
                if (!told(failure).contains("shape")) {
                    throw failure;
                }
                List<Tensor> computed = call(null, feed, outputs);
                // It works where the engine chooses the place: the shapes are not as they are told.
                pinning = false;
                LOG.info(
                        "The outputs of {} are not of the shapes that it says: {}",
                        info().name(),
                        told(failure));
                return computed;
            }
        }
        return call(null, feed, outputs);
    }

    private List<Tensor> runOnce(List<Tensor> inputs, List<String> outputs)
            throws OrtException, Values.Unfit {
        var feed = new HashMap<String, OnnxTensor>();
        try (Arena arena = Arena.ofConfined()) {
            try {
                for (Tensor input : inputs) {
                    feed.put(input.name(), Values.of(environment, input, arena));
                }
                return call(null, feed, outputs);
            } finally {
                feed.values().forEach(OnnxTensor::close);
            }
        }
    }

    /**
     * @param bench has the place of outputs; null leaves it to the engine
     */
    private List<Tensor> call(
            @Nullable Bench bench, Map<String, OnnxTensor> feed, List<String> outputs)
            throws OrtException {
        var places = new HashMap<String, OnnxTensor>();
        var free = new LinkedHashSet<String>();
        for (String output : outputs) {
            Pinned pinned = bench == null ? null : bench.pinned(output);
            if (pinned == null) {
                free.add(output);
            } else {
                places.put(output, pinned.value());
            }
        }
        try (var result = session.run(feed, free, places)) {
            var tensors = new ArrayList<Tensor>(outputs.size());
            for (String output : outputs) {
                Pinned pinned = bench == null ? null : bench.pinned(output);
                tensors.add(
                        pinned == null
                                ? Values.read(output, result.get(output).orElseThrow())
                                : pinned.copy(output));
            }
            return tensors;
        }
    }

    @Override
    public void close() {
        pool.shutdown();
        try {
            if (!pool.awaitTermination(10, TimeUnit.SECONDS)) {
                LOG.warn(
                        "{} computes on; its memory is given back by the process's end",
                        info().name());
                return;
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return;
        }
        open.writeLock().lock();
        try {
            if (!closed) {
                closed = true;
                workspaces.values().forEach(Workspace::close);
                workspaces.clear();
                session.close();
            }
        } catch (OrtException failure) {
            LOG.warn("The session of {} did not end in order", info().name(), failure);
        } finally {
            open.writeLock().unlock();
        }
    }
}
