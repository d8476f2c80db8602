package dev.farol.backend.verdict;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The golden verdicts in {@code src/test/resources/verdicts}: one file a failure. */
class VerdictsTest {
    private static final Path ROOT = Path.of(System.getProperty("farol.root", ".."));

    static List<VerdictCase> cases() throws IOException {
        Path folder = ROOT.resolve("backend/src/test/resources/verdicts");
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().map(VerdictCase::read).toList();
        }
    }

    @ParameterizedTest
    @MethodSource("cases")
    void isTheVerdictOfTheFile(VerdictCase golden) {
        assertThat(golden.verdict()).as(golden.file().toString()).isEqualTo(golden.expected());
    }

    @Test
    void everyRuleHasACase() throws IOException {
        var seen =
                cases().stream()
                        .map(VerdictCase::verdict)
                        .map(verdict -> verdict.lines().findFirst().orElseThrow().substring(6))
                        .collect(Collectors.toSet());
        // Needs a code folder that exists: VerdictsIT.
        seen.add("own-module-not-found");
        assertThat(VerdictComposer.RULES).extracting(Rule::name).allMatch(seen::contains);
    }

    @Test
    void everyRuleIsInTheDocumentation() throws IOException {
        String page = Files.readString(ROOT.resolve("docs/verdicts.md"));
        assertThat(VerdictComposer.RULES)
                .extracting(Rule::name)
                .allSatisfy(name -> assertThat(page).contains("`" + name + "`"))
                .doesNotHaveDuplicates();
    }

    @Test
    void writesCommandsThatAShellReadsBack() {
        var words = List.of("/env/bin/python", "it's", "a b", "", "$HOME", "plain-1.0");
        assertThat(ShellLine.of(Map.of("B", "x y", "A", "1"), words))
                .isEqualTo("A=1 B='x y' /env/bin/python 'it'\\''s' 'a b' '' '$HOME' plain-1.0");
    }
}
