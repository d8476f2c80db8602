package dev.farol.runtime.python;

import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** The python3 of this machine, by its real path: shims answer differently in other folders. */
final class Interpreter {
    private Interpreter() {}

    static String path() {
        try {
            var process =
                    new ProcessBuilder("python3", "-c", "import sys; print(sys.executable)")
                            .redirectErrorStream(true)
                            .start();
            var text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return text.strip();
        } catch (IOException failure) {
            throw new IllegalStateException("These tests need python3 on the PATH", failure);
        }
    }
}
