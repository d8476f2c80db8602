package dev.farol.runtime.python.launch;

import dev.farol.runtime.ConsoleLog;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Starts every worker as a new interpreter, child of this process. */
public final class ProcessLauncher implements Launcher {
    private static final Logger LOG = LoggerFactory.getLogger(ProcessLauncher.class);

    private final String python;
    private final Path worker;
    private final ConsoleLog console;
    private final Set<Child> children = ConcurrentHashMap.newKeySet();

    /**
     * Linux tells a child of its parent's death when the thread that made it ends: all are made by
     * one platform thread that lives as long as this launcher.
     */
    private final ExecutorService maker =
            Executors.newSingleThreadExecutor(
                    Thread.ofPlatform().daemon().name("worker-maker").factory());

    public ProcessLauncher(String python, Path worker, ConsoleLog console) {
        this.python = python;
        this.worker = worker;
        this.console = console;
    }

    @Override
    public Launched launch(Order order) throws IOException, InterruptedException {
        var launch = order.launch().deepCopy().put("parent", ProcessHandle.current().pid());
        var builder = new ProcessBuilder(python, worker.toString(), launch.toString());
        builder.environment().clear();
        builder.environment().putAll(order.environment());
        builder.redirectInput(Path.of("/dev/null").toFile()).redirectErrorStream(true);
        Process process;
        try {
            process = maker.submit(builder::start).get();
        } catch (ExecutionException failure) {
            throw new IOException("Cannot start " + python, failure.getCause());
        }
        // What the interpreter says before the worker has its own channel.
        Thread.ofVirtual().name("early-output").start(() -> copyOutput(process));
        var child = new Child(process);
        children.add(child);
        var _ = child.exit().thenRun(() -> children.remove(child));
        return child;
    }

    private void copyOutput(Process process) {
        try (var output = process.getInputStream()) {
            console.copy(output);
        } catch (IOException failure) {
            LOG.debug("The early output of a worker is lost", failure);
        }
    }

    @Override
    public void learn(List<String> modules) {}

    @Override
    public void close() {
        children.forEach(Child::kill);
        maker.shutdown();
    }

    private static final class Child implements Launched {
        private final Process process;
        private final CompletableFuture<Integer> exit;

        Child(Process process) {
            this.process = process;
            this.exit = process.onExit().thenApply(Process::exitValue);
        }

        @Override
        public long pid() {
            return process.pid();
        }

        @Override
        public boolean fresh() {
            return true;
        }

        @Override
        public CompletableFuture<Integer> exit() {
            return exit;
        }

        @Override
        public void kill() {
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
        }
    }
}
