package dev.farol.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * Compares with a file under {@code golden/}; with {@code -Dfarol.golden=write} writes it instead,
 * for a person to read the difference.
 */
public final class Golden {
    private Golden() {}

    public static void assertSame(String name, String actual) throws IOException {
        Path file = Path.of("src/test/resources/golden").resolve(name);
        if ("write".equals(System.getProperty("farol.golden"))) {
            Files.createDirectories(file.getParent());
            Files.writeString(file, actual);
        }
        assertThat(file).exists();
        assertThat(actual).isEqualTo(Files.readString(file));
    }
}
