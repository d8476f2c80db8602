package dev.farol.backend.local;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ConsoleLogIT {
    @TempDir Path folder;

    @Test
    void givesTheNewestLinesOldestFirst() throws Exception {
        write("console.log", "one\ntwo\r\n\nfour");
        var log = new ConsoleLog(folder);
        assertThat(log.tail(2)).containsExactly("", "four");
        assertThat(log.tail(100)).containsExactly("one", "two", "", "four");
        assertThat(log.tail(0)).isEmpty();
        write("console.log", "one\ntwo\n");
        assertThat(log.tail(1)).containsExactly("two");
        assertThat(log.tail(5)).containsExactly("one", "two");
        write("console.log", "\n");
        assertThat(log.tail(5)).containsExactly("");
    }

    @Test
    void goesOnInTheFilesThatWereRotated() throws Exception {
        write("console.log.2", "1\n2\n");
        write("console.log.1", "3\n4\n");
        write("console.log", "5\n");
        assertThat(new ConsoleLog(folder).tail(4)).containsExactly("2", "3", "4", "5");
        assertThat(new ConsoleLog(folder).tail(9)).containsExactly("1", "2", "3", "4", "5");
    }

    @Test
    void findsLinesAcrossBlocksWithUmlautsWhole() throws Exception {
        List<String> lines =
                IntStream.range(0, 9000)
                        .mapToObj(i -> "Zeile äöü € " + "x".repeat(i % 50) + i)
                        .toList();
        write("console.log", lines.stream().map(l -> l + "\n").collect(Collectors.joining()));
        assertThat(new ConsoleLog(folder).tail(8000)).isEqualTo(lines.subList(1000, 9000));
        write("console.log", "y".repeat(200_000) + "\nend\n");
        assertThat(new ConsoleLog(folder).tail(2)).containsExactly("y".repeat(200_000), "end");
    }

    @Test
    void tellsOnlyWhatCameAfterAMark() throws Exception {
        var log = new ConsoleLog(folder);
        assertThat(log.tail(9, log.mark())).isEmpty();
        write("console.log", "old\n");
        ConsoleLog.Mark mark = log.mark();
        assertThat(log.tail(9, mark)).isEmpty();
        Files.writeString(folder.resolve("console.log"), "new\n", StandardOpenOption.APPEND);
        assertThat(log.tail(9, mark)).containsExactly("new");
        Files.move(
                folder.resolve("console.log"),
                folder.resolve("console.log.1"),
                StandardCopyOption.REPLACE_EXISTING);
        write("console.log", "newer\n");
        assertThat(log.tail(9, mark)).containsExactly("new", "newer");
    }

    private void write(String name, String text) throws Exception {
        Files.writeString(folder.resolve(name), text);
    }
}
