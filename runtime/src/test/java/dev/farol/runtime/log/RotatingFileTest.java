package dev.farol.runtime.log;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatingFileTest {
    @TempDir Path folder;

    private static void write(RotatingFile file, String text) throws Exception {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        file.write(bytes, 0, bytes.length);
    }

    private String read(String name) throws Exception {
        return Files.readString(folder.resolve(name));
    }

    private List<String> names() throws Exception {
        try (var files = Files.list(folder)) {
            return files.map(path -> path.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void keepsTheNewestAndTearsNoLine() throws Exception {
        try (var file = new RotatingFile(folder.resolve("c.log"), 20, 3)) {
            write(file, "line one\nline two\nline three\nline four\n");
            assertThat(read("c.log.2")).isEqualTo("line one\nline two\n");
            assertThat(read("c.log.1")).isEqualTo("line three\n");
            assertThat(read("c.log")).isEqualTo("line four\n");
        }
    }

    @Test
    void dropsTheOldest() throws Exception {
        try (var file = new RotatingFile(folder.resolve("c.log"), 10, 3)) {
            for (int i = 0; i < 10; i++) {
                write(file, "line " + i + "\n");
            }
        }
        assertThat(names()).containsExactly("c.log", "c.log.1", "c.log.2");
        assertThat(read("c.log.2") + read("c.log.1") + read("c.log")).endsWith("line 9\n");
    }

    @Test
    void goesOnWhereItStoppedBefore() throws Exception {
        for (int i = 0; i < 2; i++) {
            try (var file = new RotatingFile(folder.resolve("c.log"), 1000, 3)) {
                write(file, "start " + i + "\n");
            }
        }
        assertThat(read("c.log")).isEqualTo("start 0\nstart 1\n");
    }

    @Test
    void cutsALineThatIsLongerThanAFile() throws Exception {
        try (var file = new RotatingFile(folder.resolve("c.log"), 10, 100)) {
            write(file, "0123456789".repeat(5) + "end\n");
        }
        assertThat(read("c.log")).isEqualTo("end\n");
        assertThat(names()).hasSize(6);
    }
}
