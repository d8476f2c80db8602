package dev.farol.runtime;

import static dev.farol.kit.testing.Eventually.eventually;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.FilterOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleLogIT {
    private static final int MANY = 50_000;
    private static final Pattern LOST = Pattern.compile("(\\d+) lines were lost here");

    @TempDir Path folder;

    @Test
    void linesArriveByThemselvesInTheirOrder() throws Exception {
        try (var log = new ConsoleLog(folder, 1 << 24, 2)) {
            IntStream.range(0, 1000).forEach(i -> log.line("line " + i + "."));

            eventually("they are there", () -> read().size() == 1000);
        }
        assertThat(read())
                .satisfies(
                        lines ->
                                IntStream.range(0, 1000)
                                        .forEach(
                                                i ->
                                                        assertThat(lines.get(i))
                                                                .endsWith("line " + i + ".")));
    }

    @Test
    void closingWritesWhatWaits() throws Exception {
        var log = new ConsoleLog(folder, 1 << 20, 2);
        log.line("last words");
        log.close();

        assertThat(read()).singleElement().asString().endsWith("last words");
    }

    /** A pipe that nobody reads is a disk that stands still. */
    @Test
    void losesLinesAndSaysSoWhenTheDiskStandsStill() throws Exception {
        Path pipe = folder.resolve(ConsoleLog.FILE);
        assertThat(new ProcessBuilder("mkfifo", pipe.toString()).start().waitFor()).isZero();
        CompletableFuture<BufferedReader> opened =
                CompletableFuture.supplyAsync(
                        () -> {
                            try {
                                return Files.newBufferedReader(pipe, StandardCharsets.UTF_8);
                            } catch (java.io.IOException failure) {
                                throw new java.io.UncheckedIOException(failure);
                            }
                        });
        int seen = 0;
        int lost = 0;
        try (var log = new ConsoleLog(folder, 1L << 40, 1);
                BufferedReader reader = opened.join()) {
            for (int i = 0; i < MANY; i++) {
                log.line("a line that waits for the disk, number " + i);
            }

            // Each time that the disk moves on is told of by itself.
            while (seen + lost < MANY) {
                Matcher told = LOST.matcher(reader.readLine());
                if (told.find()) {
                    lost += Integer.parseInt(told.group(1));
                } else {
                    seen++;
                }
            }
        }
        assertThat(seen + lost).isEqualTo(MANY);
        assertThat(seen).isBetween(1, MANY - 1);
    }

    /** The room for lines is full again by the time that a loss is to be told. */
    @Test
    void aLossIsToldHoweverFullItIs() throws Exception {
        var entered = new Semaphore(0);
        var mayWrite = new Semaphore(0);
        var written = new ByteArrayOutputStream();
        var slow =
                new FilterOutputStream(written) {
                    @Override
                    public void write(byte[] bytes, int offset, int count) {
                        entered.release();
                        mayWrite.acquireUninterruptibly();
                        written.write(bytes, offset, count);
                    }
                };
        var log = new ConsoleLog(slow);
        for (int round = 0; round < 2; round++) {
            // A write is under way, or begins with the first line; all others find it so.
            for (int i = 0; i < MANY; i++) {
                log.line("a line that waits for the disk, number " + i);
            }
            if (round == 0) {
                assertThat(entered.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
            }
            mayWrite.release();
            assertThat(entered.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
        }
        mayWrite.release(MANY);
        log.close();

        int told = 0;
        for (String line : written.toString(StandardCharsets.UTF_8).lines().toList()) {
            Matcher loss = LOST.matcher(line);
            told += loss.find() ? Integer.parseInt(loss.group(1)) : 1;
        }
        assertThat(told).isEqualTo(2 * MANY);
    }

    private List<String> read() throws Exception {
        return Files.readAllLines(folder.resolve(ConsoleLog.FILE));
    }
}
