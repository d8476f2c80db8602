package dev.farol.runtime.python.launch;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has workers forked by the zygote; starts them itself while there is none that answers. */
public final class ZygoteLauncher implements Launcher {
    private static final Logger LOG = LoggerFactory.getLogger(ZygoteLauncher.class);

    private final Path socket;
    private final Launcher fallback;
    private final Duration patience;
    private @Nullable ZygoteConnection connection;
    private boolean closed;

    /**
     * @param fallback is closed with this one
     */
    public ZygoteLauncher(Path socket, Launcher fallback, Duration patience) {
        this.socket = socket;
        this.fallback = fallback;
        this.patience = patience;
    }

    @Override
    public Launched launch(Order order) throws IOException, InterruptedException {
        try {
            return connected().spawn(order, patience);
        } catch (IOException failure) {
            LOG.warn(
                    "The zygote at {} does not help, a worker is started without it",
                    socket,
                    failure);
            return fallback.launch(order);
        }
    }

    private synchronized ZygoteConnection connected() throws IOException {
        if (closed) {
            throw new IOException("The replica is stopping");
        }
        var current = connection;
        if (current == null || !current.open()) {
            current = ZygoteConnection.connect(socket);
            connection = current;
        }
        return current;
    }

    @Override
    public synchronized void learn(List<String> modules) {
        var current = connection;
        if (current != null) {
            current.learn(modules);
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        var current = connection;
        if (current != null) {
            current.close();
        }
        fallback.close();
    }
}
