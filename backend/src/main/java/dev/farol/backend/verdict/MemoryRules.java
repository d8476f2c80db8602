package dev.farol.backend.verdict;

import static dev.farol.spec.ErrorCode.OUT_OF_MEMORY;

import java.util.List;

/** Memory that was not there. */
final class MemoryRules {
    private static final int SIGKILL = 137;

    static final List<Rule> TABLE =
            List.of(
                    Rule.when(
                            "over-memory-limit",
                            evidence -> evidence.cause() instanceof Cause.OverMemory,
                            OUT_OF_MEMORY,
                            hit -> overLimit(hit.evidence()),
                            hit -> larger(hit.evidence())),
                    Rule.error(
                            "gpu-memory",
                            "CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|cudaErrorMemoryAllocation",
                            OUT_OF_MEMORY,
                            hit -> "The memory of the GPU is full.",
                            hit ->
                                    "Set WORKER_COUNT to 1, load the model in half precision, or"
                                            + " choose an instance_type with a larger GPU."),
                    Rule.error(
                            "python-memory",
                            "\\w*MemoryError\\b|std::bad_alloc|can't allocate memory: you tried",
                            OUT_OF_MEMORY,
                            hit -> "Python asked for more memory than the machine could give.",
                            hit ->
                                    "Free memory on this machine, start fewer instances or workers,"
                                            + " or load a smaller model."),
                    Rule.log(
                                    "replica-memory",
                                    "insufficient memory for the Java Runtime"
                                            + "|java\\.lang\\.OutOfMemoryError",
                                    OUT_OF_MEMORY,
                                    hit -> "The replica itself got no memory from the machine.",
                                    hit ->
                                            "Free memory on this machine, or start fewer"
                                                    + " instances.")
                            .and(evidence -> !evidence.failure().faults().isEmpty()),
                    Rule.when(
                            "killed-by-kernel",
                            evidence ->
                                    evidence.exit(SIGKILL) && evidence.failure().memoryWasShort(),
                            OUT_OF_MEMORY,
                            hit ->
                                    "The process was killed by the kernel, most likely for memory"
                                            + " (exit code 137).",
                            hit ->
                                    "Free memory on this machine, start fewer instances or workers,"
                                            + " or load a smaller model."),
                    Rule.when(
                            "killed-by-signal-9",
                            evidence -> evidence.exit(SIGKILL),
                            null,
                            hit -> "The process was killed by signal 9.",
                            hit ->
                                    "Somebody or something on this machine sent the signal (the"
                                            + " kernel's counters show no lack of memory); look in the"
                                            + " system's log, and deploy again."));

    private MemoryRules() {}

    private static String overLimit(Evidence evidence) {
        var cause = (Cause.OverMemory) evidence.cause();
        return "The instance used "
                + Bytes.text(cause.usedBytes())
                + " of memory; its instance type "
                + evidence.failure().instanceType()
                + " has "
                + Bytes.text(cause.limitBytes())
                + ".";
    }

    private static String larger(Evidence evidence) {
        var cause = (Cause.OverMemory) evidence.cause();
        // Half as much again: it was stopped on its way up.
        long wanted = Math.max(cause.usedBytes(), cause.limitBytes()) * 3 / 2;
        String example =
                evidence.types()
                        .smallestWith(wanted)
                        .map(name -> " (" + name + " has " + memoryOf(evidence, name) + ")")
                        .orElse("");
        return "Set a larger instance_type"
                + example
                + ", fewer workers (WORKER_COUNT), or load a smaller model.";
    }

    private static String memoryOf(Evidence evidence, String type) {
        return evidence.types()
                .find(type)
                .map(found -> Bytes.text(found.memory().bytes()))
                .orElse("");
    }
}
