package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.testing.Eventually;
import java.io.IOException;
import java.io.OutputStream;
import java.io.RandomAccessFile;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** The blob plane under Azure's own storage library, from the package index. */
class ObjectsFullE2E {
    private static final Path SCRIPTS = Farol.ROOT.resolve("e2e/src/test/resources/blob");
    private static final int MIB = 1 << 20;

    @Test
    void everyOperationWorksWithEveryKindOfCredential() throws Exception {
        try (var farol = new Farol()) {
            String host = host(farol.up());
            Result done = python("operations.py", host, farol.home().toString());

            assertThat(done.exit()).as(done.output()).isZero();
            assertThat(done.output()).contains("0 failed").doesNotContain("FAILED");
            assertThat(done.output().lines().filter(line -> line.startsWith("ok")))
                    .hasSizeGreaterThan(60);
        }
    }

    @Test
    void fiveGigabytesTakeLittleMemoryAndTheirOwnSpaceOnTheDisk() throws Exception {
        try (var farol = new Farol()) {
            JsonNode up = farol.up();
            long pid = up.get("pid").asLong();
            Path file = farol.home().resolve("large");
            long size = 5L << 30;
            try (var sparse = new RandomAccessFile(file.toFile(), "rw")) {
                sparse.setLength(size);
            }
            // What the first requests load is not what an upload takes.
            Path small = Files.write(farol.home().resolve("small"), new byte[9 * MIB]);
            assertThat(blob(farol, up, "upload", "small", small.toString()).exit()).isZero();
            long before = residentKib(pid);
            long most = before;
            long disk = 0;
            Process upload = start(blobCommand(farol, up, "upload", "large", file.toString()));
            while (!upload.waitFor(250, TimeUnit.MILLISECONDS)) {
                most = Math.max(most, residentKib(pid));
                disk = Math.max(disk, size(farol.home().resolve("objects")));
            }
            String output =
                    new String(upload.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

            assertThat(upload.exitValue()).as(output).isZero();
            System.out.printf(
                    "5 GiB: resident %d MiB before, %d MiB at most; %d MiB on disk at most%n",
                    before / 1024, most / 1024, disk / MIB);
            assertThat(most - before).as("growth in KiB").isLessThan(100 * 1024);
            assertThat(disk).as("bytes on disk").isLessThan(size + 64L * MIB);
            assertThat(blob(farol, up, "digest", "large").output().strip()).isEqualTo(digest(file));
        }
    }

    @Test
    void anUploadThatIsCutOffLeavesNothingAndTheNextOneCompletes() throws Exception {
        var random = new Random(20);
        try (var farol = new Farol()) {
            Path file = farol.home().resolve("content");
            byte[] part = new byte[4 * MIB];
            int parts = 15;
            try (OutputStream content = Files.newOutputStream(file)) {
                for (int i = 0; i < parts; i++) {
                    random.nextBytes(part);
                    content.write(part);
                }
            }
            Path objects = farol.home().resolve("objects");
            for (int round = 0; round < 20; round++) {
                JsonNode up = farol.up();
                int block = 1 + random.nextInt(parts - 1);
                // A name of its own, so that its blocks are counted from the first.
                String name = "model-" + round;
                long waiting = blocks(objects);
                Process upload = start(blobCommand(farol, up, "upload", name, file.toString()));
                Eventually.eventually(
                        "block " + block + " is there",
                        Duration.ofMinutes(2),
                        () -> blocks(objects) - waiting >= block || !upload.isAlive());
                ProcessHandle server = farol.server();
                assertThat(server).isNotNull();
                server.destroyForcibly();
                server.onExit().join();
                assertThat(upload.waitFor(2, TimeUnit.MINUTES)).isTrue();
                assertThat(upload.exitValue()).as("the upload of round " + round).isNotZero();

                JsonNode again = farol.up();
                assertThat(blob(farol, again, "exists", name).output().strip()).isEqualTo("False");
                assertThat(size(objects.resolve("sha256"))).isZero();
                farol.run("down").ok();
            }
            JsonNode up = farol.up();
            for (int round = 0; round < 20; round++) {
                String name = "model-" + round;
                assertThat(blob(farol, up, "upload", name, file.toString()).exit()).isZero();
                assertThat(blob(farol, up, "digest", name).output().strip())
                        .isEqualTo(digest(file));
            }
            assertThat(objects.resolve("blocks")).isEmptyDirectory();
        }
    }

    private record Result(int exit, String output) {}

    private static Result blob(Farol farol, JsonNode up, String... arguments)
            throws IOException, InterruptedException {
        return finish(start(blobCommand(farol, up, arguments)));
    }

    private static List<String> blobCommand(Farol farol, JsonNode up, String... arguments) {
        var command = new ArrayList<>(List.of("blob.py", host(up), farol.home().toString()));
        command.addAll(List.of(arguments));
        return command;
    }

    private static Result python(String... command) throws IOException, InterruptedException {
        return finish(start(List.of(command)));
    }

    private static Result finish(Process process) throws IOException, InterruptedException {
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Result(process.waitFor(), output);
    }

    /** A script with Azure's storage library, which is installed once per checkout. */
    private static synchronized Process start(List<String> command)
            throws IOException, InterruptedException {
        Path home = Farol.ROOT.resolve("e2e/target/shared/azure-storage-blob-12.31.1");
        if (!Files.exists(home.resolve("done"))) {
            run("python3", "-m", "venv", home.toString());
            run(home.resolve("bin/pip").toString(), "install", "-q", "azure-storage-blob==12.31.1");
            Files.createFile(home.resolve("done"));
        }
        var whole = new ArrayList<>(List.of(home.resolve("bin/python").toString()));
        whole.add(SCRIPTS.resolve(command.getFirst()).toString());
        whole.addAll(command.subList(1, command.size()));
        return new ProcessBuilder(whole).redirectErrorStream(true).start();
    }

    private static void run(String... command) throws IOException, InterruptedException {
        Result done = finish(new ProcessBuilder(command).redirectErrorStream(true).start());
        assertThat(done.exit()).as(String.join(" ", command) + ": " + done.output()).isZero();
    }

    private static String host(JsonNode up) {
        return URI.create(up.get("arm").asString()).getAuthority();
    }

    private static long residentKib(long pid) throws IOException {
        String line =
                Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
                        .filter(each -> each.startsWith("VmRSS"))
                        .findFirst()
                        .orElseThrow();
        return Long.parseLong(line.replaceAll("[^0-9]", ""));
    }

    private static long blocks(Path objects) throws IOException {
        return files(objects.resolve("blocks")).stream()
                .filter(file -> !file.endsWith("object"))
                .count();
    }

    private static long size(Path folder) throws IOException {
        long size = 0;
        for (Path file : files(folder)) {
            size += Files.exists(file) ? file.toFile().length() : 0;
        }
        return size;
    }

    private static List<Path> files(Path folder) throws IOException {
        List<Path> found = new ArrayList<>();
        var folders = new java.util.ArrayDeque<>(List.of(folder));
        while (!folders.isEmpty()) {
            try (Stream<Path> entries = Files.list(folders.pop())) {
                for (Path entry : entries.toList()) {
                    if (Files.isDirectory(entry)) {
                        folders.add(entry);
                    } else {
                        found.add(entry);
                    }
                }
            } catch (java.nio.file.NoSuchFileException | java.io.UncheckedIOException gone) {
                // It comes and goes while it is looked at.
                continue;
            }
        }
        return found;
    }

    private static String digest(Path file) throws Exception {
        MessageDigest digest = MessageDigest.getInstance("SHA-256");
        try (var content = Files.newInputStream(file)) {
            byte[] buffer = new byte[MIB];
            int count;
            while ((count = content.read(buffer)) >= 0) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }
}
