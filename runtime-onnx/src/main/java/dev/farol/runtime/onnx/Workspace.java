package dev.farol.runtime.onnx;

import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.Tensor;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What one thread computes in: tensors of the shapes that came last, kept so that a call copies
 * numbers and makes nothing; all of them over the same memory. One thread at a time.
 */
final class Workspace implements AutoCloseable {
    /** How many different shapes are kept. */
    private static final int KEPT = 40;

    /** What one of them may take; larger ones are made anew, and their making does not count. */
    private static final long MOST_BYTES = 4L << 20;

    private final OrtEnvironment environment;
    private final Signature signature;
    private final Places places = new Places();

    /** The one that was used last is the last. */
    private final List<Bench> benches = new ArrayList<>();

    Workspace(OrtEnvironment environment, Signature signature) {
        this.environment = environment;
        this.signature = signature;
    }

    /** Where inputs of these shapes are computed; null when nothing is kept for such. */
    @Nullable Bench bench(List<Tensor> ordered) throws OrtException {
        for (int i = benches.size() - 1; i >= 0; i--) {
            if (benches.get(i).fits(ordered)) {
                Bench found = benches.get(i);
                if (i < benches.size() - 1) {
                    benches.remove(i);
                    benches.add(found);
                }
                return found;
            }
        }
        if (!keepable(ordered)) {
            return null;
        }
        Bench made;
        try {
            made = Bench.make(environment, signature, ordered, places);
        } finally {
            if (places.outgrown()) {
                closeBenches();
                places.release();
            }
        }
        benches.add(made);
        if (benches.size() > KEPT) {
            benches.removeFirst().close();
        }
        return made;
    }

    private static boolean keepable(List<Tensor> inputs) {
        long bytes = 0;
        for (Tensor input : inputs) {
            if (input.type() == DataType.BYTES || input.elements() == 0) {
                return false;
            }
            bytes += input.bytes();
        }
        return bytes <= MOST_BYTES && !inputs.isEmpty();
    }

    private void closeBenches() {
        benches.forEach(Bench::close);
        benches.clear();
    }

    @Override
    public void close() {
        closeBenches();
        places.close();
    }
}
