package dev.farol.runtime.python;

import dev.farol.runtime.ModelRuntime;
import dev.farol.runtime.python.pool.WorkerPool;
import java.nio.file.Path;

/** The runtime of scoring scripts. */
public final class PythonRuntime {
    private PythonRuntime() {}

    /**
     * @param sources what {@link PythonSources#unpack} answered
     */
    public static ModelRuntime.Factory factory(PythonConfig config, Path sources) {
        return (spec, loop, console) -> new WorkerPool(config, sources, spec, loop, console);
    }
}
