package dev.farol.runtime.batch;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * How requests are put together.
 *
 * @param maxBatch rows at most; 1 computes every request by itself
 * @param maxBytes of input at most; a single request may have more
 * @param maxDelay how long a request may wait for company; zero means that only what waits anyway
 *     is put together
 * @param preferred sizes that are sent before the delay is over; empty means {@code maxBatch}
 * @param checked whether the first batches are computed once more, one by one, and batching is
 *     given up when the answers differ
 */
public record BatchSettings(
        int maxBatch, long maxBytes, Duration maxDelay, List<Integer> preferred, boolean checked) {
    /** Larger batches are no faster, and take memory within the engine by the row. */
    private static final long USUAL_BYTES = 1 << 20;

    public static final BatchSettings DEFAULTS =
            new BatchSettings(32, USUAL_BYTES, Duration.ZERO, List.of(), true);
    public static final BatchSettings OFF =
            new BatchSettings(1, USUAL_BYTES, Duration.ZERO, List.of(), false);

    public BatchSettings {
        preferred = preferred.stream().sorted().toList();
        if (maxBatch < 1 || maxDelay.isNegative()) {
            throw new IllegalArgumentException(maxBatch + ", " + maxDelay);
        }
    }

    /** Of as many bytes as rows have. */
    public BatchSettings(
            int maxBatch, Duration maxDelay, List<Integer> preferred, boolean checked) {
        this(maxBatch, Long.MAX_VALUE, maxDelay, preferred, checked);
    }

    /**
     * As a deployment's environment variables say.
     *
     * @throws FarolException INVALID_ARGUMENT for a value that is none
     */
    public static BatchSettings of(Map<String, String> variables) {
        String batching = variables.getOrDefault("FAROL_BATCHING", "on");
        if (batching.equals("off")) {
            return OFF;
        }
        if (!batching.equals("on")) {
            throw refused("FAROL_BATCHING", batching, "on or off");
        }
        int most = number(variables, "FAROL_MAX_BATCH", DEFAULTS.maxBatch(), 1, 65_536);
        int delay = number(variables, "FAROL_MAX_DELAY_MS", 0, 0, 60_000);
        // Who says how many rows there may be knows how large they are.
        long bytes = variables.containsKey("FAROL_MAX_BATCH") ? Long.MAX_VALUE : USUAL_BYTES;
        return new BatchSettings(most, bytes, Duration.ofMillis(delay), List.of(), true);
    }

    private static int number(
            Map<String, String> variables, String name, int usual, int least, int most) {
        String text = variables.get(name);
        if (text == null) {
            return usual;
        }
        try {
            int value = Integer.parseInt(text.strip());
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException none) {
            throw refused(name, text, "a whole number from " + least + " to " + most);
        }
        throw refused(name, text, "a whole number from " + least + " to " + most);
    }

    private static FarolException refused(String name, String value, String expected) {
        return new FarolException(
                ErrorCode.INVALID_ARGUMENT,
                "The environment variable "
                        + name
                        + " is '"
                        + value
                        + "' (expected: "
                        + expected
                        + ").");
    }
}
