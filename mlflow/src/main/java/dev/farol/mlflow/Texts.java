package dev.farol.mlflow;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Small files that people and libraries write. */
final class Texts {
    private Texts() {}

    /**
     * @param name how messages call the file
     */
    static String read(Path file, String name) throws IOException {
        try {
            return Files.readString(file);
        } catch (CharacterCodingException broken) {
            throw new FarolException(
                    Problem.at(
                            ErrorCode.INVALID_ARGUMENT,
                            name,
                            name
                                    + " is not a text in UTF-8: the file is damaged, or is"
                                    + " something else"),
                    broken);
        }
    }
}
