package dev.farol.cli;

import dev.farol.wire.ApiClient;
import java.io.BufferedReader;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Everything that the command line takes from the world around it.
 *
 * @param in what the person answers to questions
 * @param out results, and nothing else
 * @param err progress, questions and errors
 * @param interactive whether questions can be asked: input and errors are a terminal
 * @param workingDirectory what relative paths on the command line start from
 * @param home the home folder when neither {@code --home} nor FAROL_HOME names one
 * @param environment the environment variables
 * @param http opens a client; only called when a verb needs one
 * @param interrupts what is said when the person interrupts a wait
 * @param local runs deployments without a Farol
 */
public record CliContext(
        BufferedReader in,
        PrintWriter out,
        PrintWriter err,
        boolean interactive,
        int width,
        Path workingDirectory,
        Path home,
        Map<String, String> environment,
        CliClock clock,
        HttpDoor http,
        Interrupts interrupts,
        LocalMachine local) {
    /** Makes the HTTP client. */
    @FunctionalInterface
    public interface HttpDoor {
        /**
         * @param tls the folder with the server's certificate authority; null means the system's
         *     own trust
         */
        ApiClient open(@Nullable Path tls);
    }

    /** Runs something when the person presses Ctrl-C, until it is closed. */
    @FunctionalInterface
    public interface Interrupts {
        Registration during(Runnable farewell);

        /** Ends it. */
        interface Registration extends AutoCloseable {
            @Override
            void close();
        }

        /** Through the virtual machine's shutdown. */
        static Interrupts ofProcess() {
            return farewell -> {
                var over = new AtomicBoolean();
                var hook =
                        new Thread(
                                () -> {
                                    if (!over.get()) {
                                        farewell.run();
                                    }
                                },
                                "farewell");
                Runtime.getRuntime().addShutdownHook(hook);
                return () -> {
                    try {
                        Runtime.getRuntime().removeShutdownHook(hook);
                    } catch (IllegalStateException alreadyEnding) {
                        over.set(true);
                    }
                };
            };
        }
    }

    /** The home folder: {@code FAROL_HOME}, or else {@link #home}. */
    public Path homeFolder() {
        String named = environment.get("FAROL_HOME");
        return named == null || named.isBlank() ? home : workingDirectory.resolve(named);
    }
}
