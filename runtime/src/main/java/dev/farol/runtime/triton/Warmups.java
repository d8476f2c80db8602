package dev.farol.runtime.triton;

import dev.farol.runtime.oip.ModelConfig;
import dev.farol.runtime.oip.ModelConfig.Io;
import dev.farol.runtime.oip.ModelConfig.Sample;
import dev.farol.runtime.oip.ModelConfig.Warmup;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.InferenceFailure;
import dev.farol.runtime.tensor.InferenceListener;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorModel;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;

/** Requests that a model computes before it is served, so that the first caller does not wait. */
final class Warmups {
    /** The folder beside the versions that holds the data of samples. */
    private static final String FOLDER = "warmup";

    private Warmups() {}

    /**
     * Computes all of them; blocks.
     *
     * @param model the folder of the model
     * @param loop runs tasks on the loop's thread, which is not this one
     * @throws Unusable when one cannot be made, or the model fails on it
     */
    static void run(ModelConfig config, Path model, TensorModel engine, Executor loop)
            throws IOException {
        for (Warmup warmup : config.warmups()) {
            List<Tensor> inputs = inputs(config, warmup, model);
            for (int i = 0; i < Math.max(1, warmup.count()); i++) {
                compute(config, warmup, inputs, engine, loop);
            }
        }
    }

    private static void compute(
            ModelConfig config,
            Warmup warmup,
            List<Tensor> inputs,
            TensorModel engine,
            Executor loop) {
        var heard = new CompletableFuture<String>();
        loop.execute(
                () -> {
                    try {
                        engine.infer(
                                inputs,
                                List.of(),
                                new InferenceListener() {
                                    @Override
                                    public void done(List<Tensor> outputs, Timing timing) {
                                        heard.complete("");
                                    }

                                    @Override
                                    public void failed(InferenceFailure failure) {
                                        heard.complete(failure.message());
                                    }
                                });
                    } catch (RuntimeException fault) {
                        heard.completeExceptionally(fault);
                    }
                });
        String failure;
        try {
            failure = heard.get();
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw fault(config, warmup, "it was interrupted");
        } catch (ExecutionException thrown) {
            failure = String.valueOf(thrown.getCause());
        }
        if (!failure.isEmpty()) {
            throw fault(config, warmup, failure);
        }
    }

    private static Unusable fault(ModelConfig config, Warmup warmup, String words) {
        return new Unusable(
                "model '" + config.name() + "', model_warmup '" + warmup.name() + "': " + words);
    }

    /** A request of the warm-up, as the model itself takes it. */
    private static List<Tensor> inputs(ModelConfig config, Warmup warmup, Path model)
            throws IOException {
        int rows = Math.max(1, warmup.batch());
        boolean batches = config.maxBatchSize() > 0;
        if (rows > Math.max(1, config.maxBatchSize())) {
            throw fault(
                    config,
                    warmup,
                    "batch_size is "
                            + rows
                            + " (expected: at most max_batch_size, "
                            + config.maxBatchSize()
                            + ")");
        }
        var tensors = new ArrayList<Tensor>();
        for (Io io : config.inputs()) {
            Sample sample = warmup.inputs().get(io.name());
            if (sample == null) {
                if (io.optional()) {
                    continue;
                }
                throw fault(config, warmup, "the input '" + io.name() + "' is missing");
            }
            if (sample.type() != io.type()) {
                throw fault(
                        config,
                        warmup,
                        "data_type of '"
                                + io.name()
                                + "' is "
                                + sample.type().configName()
                                + " (expected: "
                                + io.type().configName()
                                + ")");
            }
            tensors.add(tensor(config, warmup, io, sample, rows, batches, model));
        }
        for (String name : warmup.inputs().keySet()) {
            if (config.inputs().stream().noneMatch(io -> io.name().equals(name))) {
                throw fault(
                        config,
                        warmup,
                        "there is no input '"
                                + name
                                + "' (expected one of: "
                                + String.join(", ", config.inputs().stream().map(Io::name).toList())
                                + ")");
            }
        }
        return tensors;
    }

    private static Tensor tensor(
            ModelConfig config,
            Warmup warmup,
            Io io,
            Sample sample,
            int rows,
            boolean batches,
            Path model)
            throws IOException {
        long[] dims = sample.dims().stream().mapToLong(Long::longValue).toArray();
        if (!fits(dims, io.dims())) {
            throw fault(
                    config,
                    warmup,
                    "dims of '"
                            + io.name()
                            + "' are "
                            + sample.dims()
                            + " (expected: "
                            + io.dims()
                            + ")");
        }
        long elements = Tensor.elements(dims);
        byte[] row = row(config, warmup, io, sample, elements, model);
        ByteBuffer data = ByteBuffer.allocate(Math.multiplyExact(row.length, rows));
        for (int i = 0; i < rows; i++) {
            data.put(row);
        }
        // The engine has the model's own shape, which a reshape tells.
        long[] inner = inner(io, elements, dims);
        long[] shape = new long[inner.length + (batches ? 1 : 0)];
        if (batches) {
            shape[0] = rows;
        }
        System.arraycopy(inner, 0, shape, shape.length - inner.length, inner.length);
        return new Tensor(io.name(), io.type(), shape, data.flip());
    }

    private static boolean fits(long[] dims, List<Long> expected) {
        boolean fits = dims.length == expected.size();
        for (int i = 0; fits && i < dims.length; i++) {
            fits = expected.get(i) < 0 || expected.get(i) == dims[i];
        }
        return fits;
    }

    private static long[] inner(Io io, long elements, long[] dims) {
        List<Long> reshape = io.reshape();
        if (reshape == null) {
            return dims;
        }
        long[] inner = reshape.stream().mapToLong(Long::longValue).toArray();
        long known = 1;
        for (long extent : inner) {
            known *= Math.max(1, extent);
        }
        for (int i = 0; i < inner.length; i++) {
            inner[i] = inner[i] < 0 ? elements / known : inner[i];
        }
        return inner;
    }

    private static byte[] row(
            ModelConfig config, Warmup warmup, Io io, Sample sample, long elements, Path model)
            throws IOException {
        // An empty string of BYTES is its length alone.
        long bytes = elements * Math.max(io.type() == DataType.BYTES ? 4 : 1, io.type().size());
        if (bytes > Integer.MAX_VALUE / 2) {
            throw fault(config, warmup, "'" + io.name() + "' has " + bytes + " bytes: too many");
        }
        return switch (sample.source()) {
            case ZERO -> new byte[(int) bytes];
            case RANDOM -> random(io.type(), (int) elements, (int) bytes);
            case FILE -> {
                Path file = model.resolve(FOLDER).resolve(sample.file());
                if (!Files.isRegularFile(file)) {
                    throw fault(config, warmup, "there is no file " + FOLDER + "/" + sample.file());
                }
                byte[] content = Files.readAllBytes(file);
                if (!whole(content, io.type(), elements)) {
                    throw fault(
                            config,
                            warmup,
                            FOLDER
                                    + "/"
                                    + sample.file()
                                    + " has "
                                    + content.length
                                    + " bytes (expected: "
                                    + (io.type() == DataType.BYTES
                                            ? elements + " strings, each behind its length"
                                            : Long.toString(bytes))
                                    + ")");
                }
                yield content;
            }
        };
    }

    private static boolean whole(byte[] content, DataType type, long elements) {
        if (type != DataType.BYTES) {
            return content.length == elements * type.size();
        }
        var data = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        for (long i = 0; i < elements; i++) {
            int length = data.remaining() < 4 ? -1 : data.getInt();
            if (length < 0 || length > data.remaining()) {
                return false;
            }
            data.position(data.position() + length);
        }
        return !data.hasRemaining();
    }

    /** The same every time: fractions from 0 to 1, whole numbers of the type's range. */
    private static byte[] random(DataType type, int elements, int bytes) {
        var dice = new Random(1);
        byte[] content = new byte[bytes];
        var data = ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN);
        for (int i = 0; i < elements; i++) {
            switch (type) {
                case BOOL -> data.put((byte) dice.nextInt(2));
                case FP32 -> data.putFloat(dice.nextFloat());
                case FP64 -> data.putDouble(dice.nextDouble());
                case FP16 -> data.putShort(Float.floatToFloat16(dice.nextFloat()));
                case BF16 ->
                        data.putShort((short) (Float.floatToRawIntBits(dice.nextFloat()) >>> 16));
                case BYTES -> data.putInt(0);
                case UINT8, INT8 -> data.put((byte) dice.nextInt());
                case UINT16, INT16 -> data.putShort((short) dice.nextInt());
                case UINT32, INT32 -> data.putInt(dice.nextInt());
                case UINT64, INT64 -> data.putLong(dice.nextLong());
            }
        }
        return content;
    }
}
