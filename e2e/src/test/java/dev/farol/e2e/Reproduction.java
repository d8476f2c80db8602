package dev.farol.e2e;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** What becomes of the command by which a verdict says that its failure is seen again. */
record Reproduction(int exit, String output) {
    private static final String MARK = "reproduce: ";

    /** Runs it as a person would who copies the line. */
    static Reproduction of(String verdict) throws IOException, InterruptedException {
        String command =
                verdict.lines()
                        .filter(line -> line.contains(MARK))
                        .map(line -> line.substring(line.indexOf(MARK) + MARK.length()))
                        .findFirst()
                        .orElseThrow(() -> new AssertionError(verdict));
        var process = new ProcessBuilder("bash", "-c", command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return new Reproduction(process.waitFor(), output);
    }
}
