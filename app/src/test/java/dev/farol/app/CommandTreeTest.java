package dev.farol.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the whole command line says of itself. */
class CommandTreeTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    private int types(String... arguments) {
        return Main.execute(null, new PrintWriter(out), new PrintWriter(err, true), arguments);
    }

    @Test
    void theHelpHasItsCommandsInGroupsWithThoseOfTheLauncher() {
        assertThat(types("--help")).isZero();
        assertThat(out.toString())
                .containsSubsequence(
                        "Endpoints and what they serve, as in az ml:\n  online-endpoint    ",
                        "\n  completion         ",
                        "\nFarol on this machine:\n  up                 ",
                        "\n  demo               ",
                        "\nThe sources:\n  build              Build what has changed;",
                        "\n  test               Build, then pass the tests;")
                .doesNotContain("Commands:", "batch-endpoint", "PowerShell");
        assertThat(out.toString().lines()).allMatch(line -> line.length() <= 120);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '"',
            textBlock =
                    """
                    tset               | 'tset' is no command of farol, did you mean test?
                    statsu             | 'statsu' is no command of farol, did you mean status?
                    up --set nonsense  | --set: 'nonsense' (expected: KEY=VALUE)
                    up --port abc      | --port: 'abc' (expected: a whole number)
                    up --port 99999    | --port: 99999 (expected: 0 to 65535)
                    up --gateway-port -1 | --gateway-port: -1 (expected: 0 to 65535)
                    up -o xml          | --output: 'xml' (expected: text, json)
                    up --prot 1        | --prot: unknown flag, did you mean --port?
                    up extra           | 'extra' is not expected here
                    demo --home        | Missing required parameter for option '--home' (DIR)
                    """)
    void saysWhatIsWrongWithALine(String line, String message) {
        assertThat(types(line.split(" +"))).isEqualTo(2);
        assertThat(err.toString()).startsWith("ERROR: " + message);
    }

    @Test
    void tellsTheVersion() {
        assertThat(types("--version")).isZero();
        assertThat(out.toString().strip()).isEqualTo("farol " + Distribution.version());
    }

    @Test
    void aMachinesFaultIsToldWithoutTheNameOfAClass() {
        var cause = new IOException("Address already in use");
        assertThat(MachineFault.text(new IOException("Cannot listen on x:1: " + cause, cause)))
                .isEqualTo("Cannot listen on x:1: Address already in use");
    }
}
