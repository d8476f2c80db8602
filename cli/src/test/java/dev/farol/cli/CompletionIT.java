package dev.farol.cli;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The completion script in a real shell. */
class CompletionIT {
    @TempDir Path folder;
    private Person person;

    @BeforeEach
    void writeScript() throws IOException {
        person = new Person(folder);
        assertThat(person.types("completion", "bash")).isZero();
        Files.writeString(folder.resolve("script"), person.out.toString());
    }

    /** What bash offers for the last word of the line. */
    private List<String> offered(String... words) throws IOException, InterruptedException {
        var line = new StringBuilder();
        for (String word : words) {
            line.append(line.isEmpty() ? "" : " ").append('\'').append(word).append('\'');
        }
        String script =
                """
                source '%s'
                COMP_WORDS=(%s)
                COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
                COMP_LINE="${COMP_WORDS[*]}"
                COMP_POINT=${#COMP_LINE}
                command=$(complete -p farol | sed 's/.*-F \\([^ ]*\\).*/\\1/')
                "$command"
                printf '%%s\\n' "${COMPREPLY[@]}"
                """
                        .formatted(folder.resolve("script"), line);
        Process bash =
                new ProcessBuilder("bash", "--norc", "-c", script)
                        .directory(folder.toFile())
                        .redirectErrorStream(true)
                        .start();
        String said = new String(bash.getInputStream().readAllBytes(), UTF_8);
        assertThat(bash.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(bash.exitValue()).as(said).isZero();
        return said.lines().map(String::strip).filter(word -> !word.isEmpty()).toList();
    }

    @Test
    void offersNouns() throws Exception {
        assertThat(offered("farol", "data")).containsExactly("data", "datastore");
        assertThat(offered("farol", ""))
                .contains("online-endpoint", "model", "rest", "configure")
                .doesNotContain("batch-endpoint", "job");
    }

    @Test
    void offersVerbs() throws Exception {
        assertThat(offered("farol", "model", "")).contains("create", "archive", "download");
        assertThat(offered("farol", "model", "re")).containsExactly("restore");
        assertThat(offered("farol", "compute", "")).doesNotContain("start");
    }

    @Test
    void offersFlags() throws Exception {
        assertThat(offered("farol", "online-deployment", "create", "--a"))
                .contains("--all-traffic", "--add");
        assertThat(offered("farol", "rest", "--u")).contains("--url", "--uri");
    }
}
