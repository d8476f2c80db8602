package dev.farol.runtime;

import dev.farol.spec.Phase;
import org.jspecify.annotations.Nullable;

/** What a runtime tells about its start and its processes, on the loop's thread. */
public interface RuntimeEvents {
    void phase(Phase phase);

    void workerStarted(long pid);

    void workerReady(long pid);

    /**
     * @param exitCode 128 + signal when killed; null when unknown
     */
    void workerExited(long pid, @Nullable Integer exitCode);

    /** Everything has started for the first time. At most once, and not with {@link #failed}. */
    void ready();

    /** The first start failed. At most once. */
    void failed(StartFailure failure);
}
