package dev.farol.runtime.python.launch;

import java.io.IOException;
import java.util.List;

/** Starts workers. Thread-safe; blocks. */
public interface Launcher extends AutoCloseable {
    Launched launch(Order order) throws IOException, InterruptedException;

    /** Tells which modules a worker of this environment had imported when it was ready. */
    void learn(List<String> modules);

    /** Kills what it started and still runs. */
    @Override
    void close();
}
