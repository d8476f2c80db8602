package dev.farol.runtime;

import dev.farol.spec.ReplicaSpec;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A replica that is a process of its own: {@code farol replica --spec FILE}. */
public final class ReplicaProcess {
    private static final Logger LOG = LoggerFactory.getLogger(ReplicaProcess.class);

    /** How long a replica without a parent may take to kill its workers. */
    private static final Duration ORPHAN_LIMIT = Duration.ofSeconds(2);

    private ReplicaProcess() {}

    /**
     * Serves until SIGTERM (drains), until stdin ends (ends at once) or until the first start
     * fails. Events go to the process's stdout, which nobody else may use.
     *
     * @return the exit code for the process
     */
    public static int run(ReplicaSpec spec, ReplicaConfig config, ModelRuntime.Factory factory)
            throws IOException {
        var replica =
                Replica.start(spec, config, factory, new FileOutputStream(FileDescriptor.out));
        var hook =
                new Thread(
                        () -> {
                            int code = replica.drain().join();
                            // Without this the JVM would report the signal: a drain is a success.
                            Runtime.getRuntime().halt(code);
                        },
                        "replica-drain");
        Runtime.getRuntime().addShutdownHook(hook);
        Thread.ofPlatform().daemon().name("parent-watch").start(() -> watch(System.in, replica));
        int code = replica.ended().join();
        try {
            Runtime.getRuntime().removeShutdownHook(hook);
        } catch (IllegalStateException shuttingDown) {
            LOG.debug("The replica ended during a shutdown", shuttingDown);
        }
        return code;
    }

    /** The pipe on stdin lives as long as the parent does. */
    private static void watch(InputStream liveness, Replica replica) {
        try {
            while (liveness.read() >= 0) {
                continue;
            }
        } catch (IOException gone) {
            LOG.debug("stdin failed", gone);
        }
        var closing = Thread.ofPlatform().daemon().name("parent-gone").start(replica::close);
        try {
            closing.join(ORPHAN_LIMIT);
        } catch (InterruptedException interrupted) {
            LOG.debug("No time for an orderly end", interrupted);
        }
        // What still runs is killed by its zygote, or ends when its connection does.
        Runtime.getRuntime().halt(0);
    }
}
