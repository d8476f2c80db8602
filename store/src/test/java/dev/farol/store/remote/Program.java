package dev.farol.store.remote;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server from a package registry: installed by name below target, started and stopped here. */
final class Program implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("http://127\\.0\\.0\\.1:([0-9]+)");
    private final Process process;
    private final String address;

    private Program(Process process, String address) {
        this.process = process;
        this.address = address;
    }

    /** An S3 server in Python. */
    static Program moto() throws IOException, InterruptedException {
        assumeTrue(runs("python3", "--version"), "python3 is missing, which the S3 server is of");
        Path home = Path.of("target/moto-5.2.5").toAbsolutePath();
        if (!Files.exists(home.resolve("done"))) {
            run("python3", "-m", "venv", home.toString());
            run(home.resolve("bin/pip").toString(), "install", "-q", "moto[server]==5.2.5");
            Files.createFile(home.resolve("done"));
        }
        return start(
                List.of(home.resolve("bin/moto_server").toString(), "-H", "127.0.0.1", "-p", "0"));
    }

    /** Azure's own emulator of its storage. */
    static Program azurite(Path data) throws IOException, InterruptedException {
        assumeTrue(runs("npm", "--version"), "npm is missing, which Azurite comes with");
        Path home = Files.createDirectories(Path.of("target/azurite-3.35.0")).toAbsolutePath();
        if (!Files.exists(home.resolve("done"))) {
            run("npm", "install", "--silent", "--prefix", home.toString(), "azurite@3.35.0");
            Files.createFile(home.resolve("done"));
        }
        return start(
                List.of(
                        "node",
                        home.resolve("node_modules/azurite/dist/src/blob/main.js").toString(),
                        "--blobPort",
                        "0",
                        "--location",
                        data.toString(),
                        "--silent",
                        "--disableTelemetry",
                        "--skipApiVersionCheck"));
    }

    /** Such as {@code http://127.0.0.1:1234}. */
    String address() {
        return address;
    }

    private static Program start(List<String> command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        BufferedReader output = process.inputReader();
        var said = new StringBuilder();
        String line;
        while ((line = output.readLine()) != null) {
            said.append(line).append('\n');
            Matcher matcher = ADDRESS.matcher(line);
            if (matcher.find() && !matcher.group(1).equals("0")) {
                // What it says later must not block it.
                Thread.ofVirtual().start(() -> output.lines().forEach(later -> {}));
                return new Program(process, matcher.group());
            }
        }
        process.waitFor();
        throw new IOException(command + " ended: " + said);
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException(String.join(" ", command) + ": " + output);
        }
    }

    private static boolean runs(String... command) throws InterruptedException {
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start();
            return process.waitFor(30, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException missing) {
            return false;
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(5, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException stop) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
