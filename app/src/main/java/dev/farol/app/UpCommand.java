package dev.farol.app;

import dev.farol.kit.AtomicFile;
import dev.farol.kit.PrivateFolder;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code farol up}: serves until it is told to stop. The launcher turns {@code --detach} into a
 * process of its own that says through {@code --ready-file} when it is ready.
 */
@Command(
        name = "up",
        description = "Start Farol on this machine; Ctrl-C drains and stops it.",
        footer = {"", "Example: farol up --detach --port 0 -o json"})
final class UpCommand implements Callable<Integer> {
    private static final Logger log = LoggerFactory.getLogger(UpCommand.class);
    private static final int IN_USE = 3;

    @Option(
            names = "--home",
            paramLabel = "DIR",
            description = "The home folder; else FAROL_HOME, else ~/.farol.")
    @Nullable Path home;

    @Option(
            names = "--port",
            paramLabel = "PORT",
            description =
                    "Port of the control plane (default 8443); 0 means any free one, for the gateway too.")
    @Nullable Integer port;

    @Option(
            names = "--gateway-port",
            paramLabel = "PORT",
            description = "Port of the gateway (default 8080).")
    @Nullable Integer gatewayPort;

    @Option(
            names = "--set",
            paramLabel = "KEY=VALUE",
            description = "A setting, as in farol.yaml: --set backend.keep-logs=48h")
    Map<String, String> settings = new LinkedHashMap<>();

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FORMAT",
            description = "text (default) or json.")
    OutputFormat output = OutputFormat.text;

    @Option(names = "--detach", description = "Return when ready and go on in the background.")
    boolean detach;

    @Option(names = "--ready-file", hidden = true)
    @Nullable Path readyFile;

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before call()
    CommandSpec spec;

    @Override
    public Integer call() throws IOException, InterruptedException {
        checkPort("--port", port);
        checkPort("--gateway-port", gatewayPort);
        Home folder = Home.of(home);
        prepare(folder);
        PrintWriter err = spec.commandLine().getErr();
        try (FileChannel file =
                        FileChannel.open(
                                folder.run().resolve("lock"),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE);
                FileLock lock = tryLock(file)) {
            if (lock == null) {
                return alreadyRunning(folder);
            }
            return serve(folder, err);
        } catch (FarolException refused) {
            err.println("Farol did not start: " + refused.getMessage());
            return refused.code().kind().exitCode();
        }
    }

    private void checkPort(String flag, @Nullable Integer value) {
        if (value != null && (value < 0 || value > 65_535)) {
            throw new ParameterException(
                    spec.commandLine(), flag + ": " + value + " (expected: 0 to 65535)");
        }
    }

    private int serve(Home folder, PrintWriter err) throws IOException, InterruptedException {
        // What a crash left is not true any more, from now on.
        Files.deleteIfExists(folder.addresses());
        LogSetup.toFile(folder.logs().resolve("farol.log"));
        ServerConfig config = ServerSettings.read(folder, settings).value();
        Path memory = folder.run().resolve("ports.json");
        var ports =
                new Ports(
                        controlWish(config), gatewayWish(config), metricsWish(config), memory, err);
        var server = new Server(folder, config, ports);
        var ended = new CountDownLatch(1);
        var hook = new Thread(() -> stop(server, folder, ended), "stop");
        Runtime.getRuntime().addShutdownHook(hook);
        var record = RunRecord.of(folder, config, server);
        String page = server.metricsUrl();
        Ports.remember(
                memory,
                new Ports.Last(
                        portOf(server.armUrl()),
                        portOf(server.gatewayUrl()),
                        page.isEmpty() ? null : portOf(page)));
        record.write(folder.addresses());
        log.info("Ready: {} and {}", record.arm(), record.gateway());
        announce(record);
        ended.await();
        return 0;
    }

    private void stop(Server server, Home folder, CountDownLatch ended) {
        try {
            log.info("Stopping");
            server.drain();
            Files.deleteIfExists(folder.addresses());
            log.info("Stopped");
        } catch (IOException | InterruptedException fault) {
            log.error("The stop was cut short", fault);
        } finally {
            ended.countDown();
            // The signal that brought us here would make the exit code 130 or 143; a stop that was
            // asked for is none.
            Runtime.getRuntime().halt(0);
        }
    }

    private void announce(RunRecord record) throws IOException {
        String text = record.describe(output);
        if (readyFile != null) {
            AtomicFile.write(readyFile, text + "\n");
            return;
        }
        PrintWriter out = spec.commandLine().getOut();
        out.println(text);
        if (output == OutputFormat.text) {
            out.println("Ctrl-C drains and stops it.");
        }
        out.flush();
    }

    private int alreadyRunning(Home folder) throws IOException {
        var running = RunRecord.living(folder.addresses());
        if (running.isPresent() && readyFile != null) {
            announce(running.get());
            return 0;
        }
        spec.commandLine()
                .getErr()
                .println(
                        "Farol runs already in "
                                + folder.folder()
                                + running.map(
                                                record ->
                                                        " (pid "
                                                                + record.pid()
                                                                + ", "
                                                                + record.arm()
                                                                + ")")
                                        .orElse("")
                                + ". Stop it with: farol down");
        return IN_USE;
    }

    private Ports.Wish controlWish(ServerConfig config) {
        boolean chosen = port != null || config.port() != ServerConfig.DEFAULTS.port();
        return new Ports.Wish(port != null ? port : config.port(), chosen);
    }

    private Ports.Wish gatewayWish(ServerConfig config) {
        int configured = config.gateway().port();
        if (gatewayPort != null) {
            return new Ports.Wish(gatewayPort, true);
        }
        boolean chosen = configured != ServerConfig.DEFAULTS.gateway().port();
        return new Ports.Wish(port != null && port == 0 && !chosen ? 0 : configured, chosen);
    }

    private Ports.Wish metricsWish(ServerConfig config) {
        int configured = config.metrics().port();
        boolean chosen = configured != ServerConfig.DEFAULTS.metrics().port();
        return new Ports.Wish(port != null && port == 0 && !chosen ? 0 : configured, chosen);
    }

    private static int portOf(String url) {
        return java.net.URI.create(url).getPort();
    }

    /** The home holds keys: nobody but its owner may look into it. */
    private static void prepare(Home folder) throws IOException {
        PrivateFolder.create(folder.folder());
        Files.createDirectories(folder.run());
        Files.createDirectories(folder.logs());
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException heldHere) {
            return null;
        }
    }
}
