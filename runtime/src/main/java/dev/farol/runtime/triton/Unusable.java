package dev.farol.runtime.triton;

import java.nio.file.Path;

/** Why a model of the repository cannot be served: one sentence that names the file. */
final class Unusable extends RuntimeException {
    Unusable(String message) {
        super(message, null, false, false);
    }

    static Unusable at(Path file, int line, String message) {
        return new Unusable(file.getFileName() + ":" + line + ": " + message);
    }

    String words() {
        return String.valueOf(getMessage());
    }
}
