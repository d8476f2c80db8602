package dev.farol.app;

import dev.farol.backend.LocalFolders;
import dev.farol.cli.LocalPlan;
import dev.farol.cli.LocalState;
import dev.farol.kit.AtomicFile;
import dev.farol.kit.Json;
import dev.farol.spec.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;

/** The folder of a deployment that runs without a Farol: what it is and how it is, as files. */
record KeptFolder(Path path) {
    private static final int LONGEST_BUILD_LOG = 1000;

    /**
     * What the process that keeps it says, {@code state.json}.
     *
     * @param started when that process started, as the operating system says
     */
    record Said(
            long pid,
            Instant started,
            LocalState.Kind kind,
            int port,
            String progress,
            @Nullable Verdict verdict) {}

    /** The process that said it, if that number is still its. */
    Optional<ProcessHandle> process(Said said) {
        return ProcessHandle.of(said.pid())
                .filter(Running::runs)
                .filter(handle -> keeps(handle, said.started()));
    }

    /**
     * By what it was started with, where that can be read: the time of its start moves when the
     * clock is set.
     */
    private boolean keeps(ProcessHandle process, Instant started) {
        Path given = Path.of("/proc", Long.toString(process.pid()), "cmdline");
        try {
            byte[] arguments = Files.readAllBytes(given);
            byte[] last = ("\0" + path + "\0").getBytes(StandardCharsets.UTF_8);
            int from = arguments.length - last.length;
            return from >= 0
                    && Arrays.equals(arguments, from, arguments.length, last, 0, last.length);
        } catch (IOException unreadable) {
            return process.info().startInstant().map(started::equals).orElse(true);
        }
    }

    LocalPlan plan() throws IOException {
        return Json.STRICT.readValue(Files.readString(planFile()), LocalPlan.class);
    }

    void write(LocalPlan plan) throws IOException {
        AtomicFile.write(planFile(), Json.STRICT.writeValueAsString(plan) + "\n");
    }

    Optional<Said> said() {
        try {
            return Optional.of(Json.STRICT.readValue(Files.readString(stateFile()), Said.class));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        } catch (JacksonException foreign) {
            throw new UncheckedIOException(
                    new IOException(stateFile() + " is not a state of Farol's", foreign));
        }
    }

    boolean saidBy(long pid) {
        return said().filter(said -> said.pid() == pid).isPresent();
    }

    void write(Said said) throws IOException {
        AtomicFile.write(stateFile(), Json.STRICT.writeValueAsString(said) + "\n");
    }

    void forgetState() throws IOException {
        Files.deleteIfExists(stateFile());
    }

    /**
     * The port that it had before where that is free, else any free one; kept for the next time.
     */
    int choosePort() throws IOException {
        Path file = path.resolve("port");
        int wanted = 0;
        if (Files.exists(file)) {
            String text = Files.readString(file).strip();
            wanted = text.matches("\\d{1,5}") ? Integer.parseInt(text) : 0;
        }
        int port = free(wanted);
        AtomicFile.write(file, port + "\n");
        return port;
    }

    private static int free(int wanted) throws IOException {
        InetAddress loopback = InetAddress.getByName("127.0.0.1");
        try (var socket = new ServerSocket(wanted, 1, loopback)) {
            return socket.getLocalPort();
        } catch (IOException taken) {
            if (wanted == 0) {
                throw taken;
            }
            return free(0);
        }
    }

    /** All that its instance leaves; nothing of it is shared with others of the home. */
    LocalFolders instances() {
        return LocalFolders.below(path);
    }

    static String instance(LocalPlan plan) {
        return plan.endpoint() + "-" + plan.deployment();
    }

    /** The code folder of a deployment that has none of its own. */
    Path app() {
        return path.resolve("app");
    }

    /** What was said while the environment was made. */
    Path buildLog() {
        return path.resolve("build.log");
    }

    /** The log of the process that keeps it. */
    Path keeperLog() {
        return path.resolve("keeper.log");
    }

    /** What that process wrote to its standard error. */
    Path keeperFaults() {
        return path.resolve("keeper.err");
    }

    static String tail(Path file, int lines) throws IOException {
        if (!Files.exists(file)) {
            return "";
        }
        var all = Files.readAllLines(file);
        int from = Math.max(0, all.size() - Math.min(lines, LONGEST_BUILD_LOG));
        var text = new StringBuilder();
        all.subList(from, all.size()).forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    private Path planFile() {
        return path.resolve("plan.json");
    }

    private Path stateFile() {
        return path.resolve("state.json");
    }
}
