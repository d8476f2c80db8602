package dev.farol.runtime.python;

import dev.farol.kit.Trees;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** A zygote as the backend starts it, in a virtual environment of its own. */
final class ZygoteProcess implements AutoCloseable {
    final Path home;
    final Path python;
    final Path sitePackages;
    final Path socket;
    final Path imports;
    final Map<String, String> extra = new HashMap<>();
    private Process process;

    ZygoteProcess() throws Exception {
        home = Files.createTempDirectory("farolz");
        var venv = home.resolve("venv");
        var made =
                new ProcessBuilder(
                                ReplicaFixture.PYTHON,
                                "-m",
                                "venv",
                                "--without-pip",
                                venv.toString())
                        .inheritIO()
                        .start();
        if (made.waitFor() != 0) {
            throw new IOException("Cannot make a virtual environment");
        }
        python = venv.resolve("bin/python");
        try (var lib = Files.list(venv.resolve("lib"))) {
            sitePackages = lib.findFirst().orElseThrow().resolve("site-packages");
        }
        socket = home.resolve("z.sock");
        imports = home.resolve("imports.json");
    }

    /** A package as if it were installed. */
    ZygoteProcess installed(String name, String source) throws IOException {
        var folder = Files.createDirectories(sitePackages.resolve(name));
        Files.writeString(folder.resolve("__init__.py"), source);
        return this;
    }

    ZygoteProcess start() throws IOException {
        var sources = PythonSources.unpack(home.resolve("python"));
        var builder = new ProcessBuilder(PythonZygote.command(python, sources, socket, imports));
        builder.environment().clear();
        builder.environment().putAll(PythonZygote.environment(python));
        builder.environment().putAll(extra);
        builder.redirectError(home.resolve("zygote.err").toFile());
        process = builder.start();
        var out =
                new BufferedReader(
                        new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8));
        if (!"ready".equals(out.readLine())) {
            throw new IOException(Files.readString(home.resolve("zygote.err")));
        }
        return this;
    }

    String imports() throws IOException {
        return Files.exists(imports) ? Files.readString(imports) : "";
    }

    String errors() throws IOException {
        return Files.readString(home.resolve("zygote.err"));
    }

    Process process() {
        return process;
    }

    /** As if the starter had died. */
    void stop() throws IOException, InterruptedException {
        process.getOutputStream().close();
        if (!process.waitFor(20, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            throw new IOException("The zygote outlives its starter");
        }
    }

    @Override
    public void close() throws IOException {
        if (process != null) {
            process.destroyForcibly();
            process.onExit().join();
        }
        Trees.delete(home);
    }
}
