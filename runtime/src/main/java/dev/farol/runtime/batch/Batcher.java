package dev.farol.runtime.batch;

import dev.farol.runtime.tensor.Fit;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceFailure.Kind;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.InferenceListener.Timing;
import dev.farol.runtime.tensor.JsonOutputs;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import dev.farol.runtime.tensor.TensorModel;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/**
 * Computes requests together that wait at the same time. Whenever the engine has a free place, it
 * gets what has gathered, as many rows as it may; nothing waits for company unless a delay is set.
 * Only requests whose rows are of the same types and shapes, and that want the same outputs, come
 * together; a batch that fails is computed again one by one, so that a bad row fails alone.
 *
 * <p>Not every model whose first extent is free has rows there: one may take a sequence, or compare
 * its rows with each other. So outputs must have as many rows as went in, and the first batches are
 * computed once more one by one; where the answers differ, batching ends for good and says so.
 *
 * <p>All of it on the loop's thread.
 */
public final class Batcher implements TensorModel, JsonOutputs {
    /** So many batches are compared with single calls. */
    private static final int COMPARED = 2;

    /** Calls back, on the loop's thread, after a delay. */
    @FunctionalInterface
    public interface Alarm {
        void after(Duration delay, Runnable task);
    }

    private final TensorModel engine;
    private final BatchSettings settings;
    private final int places;
    private final Executor loop;
    private final Alarm alarm;
    private final LongSupplier nanos;
    private final Consumer<String> log;
    private final Map<Group, ArrayDeque<Entry>> waiting = new LinkedHashMap<>();
    private int running;
    private int compared;
    private boolean together;
    private boolean scheduled;
    private boolean alarmed;

    /** A request that waits. */
    private record Entry(List<Tensor> inputs, long rows, InferenceListener listener, long arrived) {
        long bytes() {
            long bytes = 0;
            for (Tensor input : inputs) {
                bytes += input.bytes();
            }
            return bytes;
        }
    }

    /**
     * @param places how many calls the engine computes at once
     * @param loop runs a task on the loop's thread, after what is there to be done already
     * @param log takes a line for the deployment's log
     */
    public Batcher(
            TensorModel engine,
            BatchSettings settings,
            int places,
            Executor loop,
            Alarm alarm,
            LongSupplier nanos,
            Consumer<String> log) {
        this.engine = engine;
        this.settings = settings;
        this.places = places;
        this.loop = loop;
        this.alarm = alarm;
        this.nanos = nanos;
        this.log = log;
        this.together = settings.maxBatch() > 1 && fits(engine.info());
        this.compared = settings.checked() ? 0 : COMPARED;
    }

    /** Whether a model says of itself that its first extent is free, in and out. */
    public static boolean fits(ModelInfo model) {
        return !model.inputs().isEmpty()
                && model.inputs().stream().allMatch(Batcher::free)
                && model.outputs().stream().allMatch(Batcher::free);
    }

    private static boolean free(TensorInfo info) {
        return !info.shape().isEmpty() && info.shape().getFirst() < 0;
    }

    /** Whether requests are computed together at all. */
    public boolean together() {
        return together;
    }

    @Override
    public ModelInfo info() {
        return engine.info();
    }

    @Override
    public List<String> everyOutput() {
        return engine instanceof JsonOutputs more
                ? more.everyOutput()
                : info().outputs().stream().map(TensorInfo::name).toList();
    }

    @Override
    public List<String> jsonOutputs() {
        return engine instanceof JsonOutputs more ? more.jsonOutputs() : List.of();
    }

    @Override
    public void infer(List<Tensor> inputs, List<String> outputs, InferenceListener listener) {
        InferenceFailure refusal = Fit.refusal(info(), inputs, outputs, everyOutput());
        if (refusal != null) {
            listener.failed(refusal);
            return;
        }
        long rows = Rows.count(inputs);
        if (!together || rows < 1 || rows >= settings.maxBatch()) {
            engine.infer(inputs, outputs, listener);
            return;
        }
        var group = Group.of(inputs, outputs);
        waiting.computeIfAbsent(group, key -> new ArrayDeque<>())
                .add(new Entry(inputs, rows, listener, nanos.getAsLong()));
        schedule();
    }

    /** Once for all requests that come in the same turn of the loop. */
    private void schedule() {
        if (!scheduled) {
            scheduled = true;
            loop.execute(
                    () -> {
                        scheduled = false;
                        send();
                    });
        }
    }

    private void send() {
        long soonest = Long.MAX_VALUE;
        // Who hears of a request may ask the next at once, of another group perhaps.
        for (Group group : List.copyOf(waiting.keySet())) {
            ArrayDeque<Entry> queue = waiting.get(group);
            while (queue != null && running < places) {
                drop(queue);
                if (queue.isEmpty()) {
                    waiting.remove(group);
                    break;
                }
                long wait = patience(queue);
                if (wait > 0) {
                    soonest = Math.min(soonest, wait);
                    break;
                }
                compute(take(queue), group.outputs());
            }
        }
        if (soonest < Long.MAX_VALUE && !alarmed) {
            alarmed = true;
            alarm.after(
                    Duration.ofNanos(soonest),
                    () -> {
                        alarmed = false;
                        send();
                    });
        }
    }

    /** Takes away those that nobody waits for, or not any longer. */
    private static void drop(ArrayDeque<Entry> queue) {
        var late = new ArrayList<Entry>();
        queue.removeIf(
                entry -> {
                    boolean wanted = entry.listener().wanted();
                    boolean over = wanted && entry.listener().late();
                    if (over) {
                        late.add(entry);
                    }
                    return over || !wanted;
                });
        late.forEach(entry -> entry.listener().failed(InferenceFailure.LATE));
    }

    /** How long the queue may still wait for company; 0 or less when it goes now. */
    private long patience(ArrayDeque<Entry> queue) {
        if (settings.maxDelay().isZero()) {
            return 0;
        }
        long rows = 0;
        long bytes = 0;
        for (Entry entry : queue) {
            rows += entry.rows();
            bytes += entry.bytes();
        }
        long enough =
                settings.preferred().isEmpty()
                        ? settings.maxBatch()
                        : settings.preferred().getFirst();
        if (rows >= enough || bytes >= settings.maxBytes()) {
            return 0;
        }
        long waited = nanos.getAsLong() - queue.getFirst().arrived();
        return settings.maxDelay().toNanos() - waited;
    }

    /** The oldest requests, as many as come together. */
    private List<Entry> take(ArrayDeque<Entry> queue) {
        long limit = limit(queue);
        var batch = new ArrayList<Entry>();
        long rows = 0;
        long bytes = 0;
        for (Entry next = queue.peekFirst(); next != null; next = queue.peekFirst()) {
            rows += next.rows();
            bytes += next.bytes();
            if (!batch.isEmpty() && (rows > limit || bytes > settings.maxBytes())) {
                break;
            }
            batch.add(queue.removeFirst());
        }
        return batch;
    }

    /** The largest preferred size that the queue fills, else all that may be. */
    private long limit(ArrayDeque<Entry> queue) {
        long rows = 0;
        for (Entry entry : queue) {
            rows += entry.rows();
        }
        for (int preferred : settings.preferred().reversed()) {
            if (preferred <= rows && preferred <= settings.maxBatch()) {
                return preferred;
            }
        }
        return settings.maxBatch();
    }

    private void compute(List<Entry> batch, List<String> outputs) {
        if (batch.size() == 1 || !together) {
            batch.forEach(entry -> alone(entry, outputs));
            return;
        }
        List<Tensor> inputs = joined(batch);
        long begin = nanos.getAsLong();
        running++;
        engine.infer(
                inputs,
                outputs,
                new InferenceListener() {
                    @Override
                    public void done(List<Tensor> computed, Timing timing) {
                        running--;
                        answer(batch, outputs, computed, timing, begin);
                        schedule();
                    }

                    @Override
                    public void failed(InferenceFailure failure) {
                        running--;
                        if (failure.kind() == Kind.UNAVAILABLE) {
                            batch.forEach(entry -> entry.listener().failed(failure));
                        } else {
                            batch.forEach(entry -> alone(entry, outputs));
                        }
                        schedule();
                    }
                });
    }

    private static List<Tensor> joined(List<Entry> batch) {
        var inputs = new ArrayList<Tensor>();
        for (Tensor first : batch.getFirst().inputs()) {
            var parts = new ArrayList<Tensor>();
            for (Entry entry : batch) {
                parts.add(named(entry.inputs(), first.name()));
            }
            inputs.add(Rows.join(parts));
        }
        return inputs;
    }

    private static Tensor named(List<Tensor> tensors, String name) {
        for (Tensor tensor : tensors) {
            if (tensor.name().equals(name)) {
                return tensor;
            }
        }
        throw new IllegalStateException(name);
    }

    private void alone(Entry entry, List<String> outputs) {
        running++;
        long begin = nanos.getAsLong();
        engine.infer(
                entry.inputs(),
                outputs,
                new InferenceListener() {
                    @Override
                    public void done(List<Tensor> computed, Timing timing) {
                        running--;
                        entry.listener()
                                .done(
                                        computed,
                                        new Timing(
                                                begin - entry.arrived() + timing.queued(),
                                                timing.computed(),
                                                timing.batch()));
                        schedule();
                    }

                    @Override
                    public void failed(InferenceFailure failure) {
                        running--;
                        entry.listener().failed(failure);
                        schedule();
                    }
                });
    }

    private void answer(
            List<Entry> batch,
            List<String> outputs,
            List<Tensor> computed,
            Timing timing,
            long begin) {
        List<Long> rows = batch.stream().map(Entry::rows).toList();
        long all = rows.stream().mapToLong(Long::longValue).sum();
        if (Rows.count(computed) != all) {
            giveUp(
                    "The outputs have not as many rows as the inputs: requests are computed one by"
                            + " one.");
            batch.forEach(entry -> alone(entry, outputs));
            return;
        }
        List<List<Tensor>> answers = apart(computed, rows);
        if (compared < COMPARED) {
            compare(batch, outputs, answers, timing, begin);
        } else {
            tell(batch, answers, timing, begin);
        }
    }

    private static List<List<Tensor>> apart(List<Tensor> computed, List<Long> rows) {
        var answers = new ArrayList<List<Tensor>>();
        rows.forEach(count -> answers.add(new ArrayList<>()));
        for (Tensor output : computed) {
            List<Tensor> pieces = Rows.split(output, rows);
            for (int i = 0; i < pieces.size(); i++) {
                answers.get(i).add(pieces.get(i));
            }
        }
        return answers;
    }

    private static void tell(
            List<Entry> batch, List<List<Tensor>> answers, Timing timing, long begin) {
        for (int i = 0; i < batch.size(); i++) {
            Entry entry = batch.get(i);
            entry.listener()
                    .done(
                            answers.get(i),
                            new Timing(
                                    begin - entry.arrived() + timing.queued(),
                                    timing.computed(),
                                    timing.batch()));
        }
    }

    /** Computes every request of the batch alone as well; what comes of that is the answer. */
    private void compare(
            List<Entry> batch,
            List<String> outputs,
            List<List<Tensor>> answers,
            Timing timing,
            long begin) {
        compared++;
        for (int i = 0; i < batch.size(); i++) {
            Entry entry = batch.get(i);
            List<Tensor> answer = answers.get(i);
            running++;
            engine.infer(
                    entry.inputs(),
                    outputs,
                    new InferenceListener() {
                        @Override
                        public void done(List<Tensor> single, Timing alone) {
                            running--;
                            if (together && !Rows.alike(single, answer)) {
                                giveUp(
                                        "Rows that are computed together get other answers than"
                                                + " alone: requests are computed one by one.");
                            }
                            entry.listener()
                                    .done(
                                            single,
                                            new Timing(
                                                    begin - entry.arrived() + timing.queued(),
                                                    timing.computed() + alone.computed(),
                                                    timing.batch()));
                            schedule();
                        }

                        @Override
                        public void failed(InferenceFailure failure) {
                            running--;
                            entry.listener().failed(failure);
                            schedule();
                        }
                    });
        }
    }

    private void giveUp(String why) {
        if (together) {
            together = false;
            log.accept(why + " FAROL_BATCHING=off says so from the begin.");
        }
    }

    @Override
    public void close() {
        engine.close();
    }
}
