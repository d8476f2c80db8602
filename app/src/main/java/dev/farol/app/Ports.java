package dev.farol.app;

import dev.farol.kit.AtomicFile;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/**
 * Which ports a server takes. A port that is taken is replaced by a free one, and said. The ports
 * of the last run are tried before a new free one is drawn: scoring URLs outlive a restart, even
 * where nobody chose a port.
 */
final class Ports {
    /** What the last run of a home listened on. */
    record Last(int control, int gateway, @Nullable Integer metrics) {}

    /**
     * @param port the port asked for; 0 means any
     * @param chosen whether a person chose it: then it is tried before the one of the last run
     */
    record Wish(int port, boolean chosen) {}

    private final Wish control;
    private final Wish gateway;
    private final Wish metrics;
    private final @Nullable Last last;
    private final PrintWriter notes;

    /**
     * @param memory what {@link #remember} wrote
     * @param notes gets a line when a port is replaced
     */
    Ports(Wish control, Wish gateway, Wish metrics, Path memory, PrintWriter notes) {
        this.control = control;
        this.gateway = gateway;
        this.metrics = metrics;
        this.last = read(memory);
        this.notes = notes;
    }

    <T> T control(IntFunction<T> listen) {
        return first(control, last == null ? 0 : last.control(), "control plane", listen);
    }

    <T> T gateway(IntFunction<T> listen) {
        return first(gateway, last == null ? 0 : last.gateway(), "gateway", listen);
    }

    <T> T metrics(IntFunction<T> listen) {
        Integer before = last == null ? null : last.metrics();
        return first(metrics, before == null ? 0 : before, "metrics page", listen);
    }

    static void remember(Path memory, Last ports) throws IOException {
        AtomicFile.write(memory, Json.STRICT.writeValueAsString(ports) + "\n");
    }

    private <T> T first(Wish wish, int before, String what, IntFunction<T> listen) {
        var candidates = new LinkedHashSet<Integer>();
        if (wish.chosen() && wish.port() != 0) {
            candidates.add(wish.port());
        }
        if (before != 0) {
            candidates.add(before);
        }
        candidates.add(wish.port());
        for (int port : candidates) {
            if (port == 0) {
                continue;
            }
            try {
                return listen.apply(port);
            } catch (FarolException taken) {
                refuseOthers(taken);
                notes.println(
                        "Port " + port + " is taken; the " + what + " listens on another one.");
                notes.flush();
            }
        }
        return listen.apply(0);
    }

    /** Only a port that cannot be bound is worth another try. */
    private static void refuseOthers(FarolException fault) {
        if (fault.code() != ErrorCode.UNAVAILABLE && fault.code() != ErrorCode.CONFLICT) {
            throw fault;
        }
    }

    private static @Nullable Last read(Path memory) {
        try {
            return Json.STRICT.readValue(Files.readString(memory), Last.class);
        } catch (IOException | JacksonException none) {
            // A first start, or a file that says nothing: then there is nothing to prefer.
            return null;
        }
    }
}
