package dev.farol.cli.doc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.cli.yaml.YamlFile;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class YamlTextTest {
    @Test
    void writesBlocksAsPyYamlDoes() {
        Object value =
                Tree.of(
                        "a", List.of("x", Tree.of("b", 1, "c", List.of(true)), List.of(1, 2)),
                        "d", Tree.of(),
                        "e", List.of(),
                        "f", Tree.of("g", null));
        assertThat(YamlText.of(value))
                .isEqualTo(
                        """
                        a:
                        - x
                        - b: 1
                          c:
                          - true
                        -
                          - 1
                          - 2
                        d: {}
                        e: []
                        f:
                          g: null
                        """
                                .replace("-\n  - 1", "- \n  - 1"));
    }

    @Test
    void everyTextIsReadBackAsTheSameText() {
        List<String> texts =
                List.of(
                        "",
                        " ",
                        "a",
                        "a b",
                        "a: b",
                        "a:",
                        "a #b",
                        "#a",
                        "- a",
                        "-",
                        "yes",
                        "No",
                        "null",
                        "~",
                        "1",
                        "1.5",
                        "1e3",
                        "0x1f",
                        "1_000",
                        "=",
                        "<<",
                        "2026-01-01",
                        "'",
                        "\"",
                        "a'b",
                        "a\nb",
                        "a\tb",
                        "{a",
                        "[a",
                        "*a",
                        "&a",
                        "!a",
                        "%a",
                        "@a",
                        "`a",
                        "|",
                        ">",
                        "?",
                        "? a",
                        "é",
                        "a, b",
                        ".5",
                        ".inf",
                        "..",
                        "true ",
                        "\u0001",
                        "12:30:45",
                        "on",
                        "a\\b");
        for (String text : texts) {
            String yaml = YamlText.of(Map.of("k", text));
            var violations = new ArrayList<dev.farol.cli.yaml.Violation>();
            var read = YamlFile.parse(yaml, "x", violations);
            assertThat(violations).as(yaml).isEmpty();
            assertThat(read.content()).as(yaml).isEqualTo(Map.of("k", text));
        }
    }
}
