package dev.farol.environment.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PipLineTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "numpy                                   | numpy",
                "Scikit_Learn==1.7.0                     | scikit-learn",
                "inference-schema[numpy-support]         | inference-schema",
                "requests[socks,security] >= 2.8.1, == 2.8.* | requests",
                "numpy (>=1.2)                           | numpy",
                "uvloop>=0.17 ; sys_platform != 'win32'  | uvloop",
                "six==1.17.0 --hash=sha256:abc           | six",
                "pip @ https://example.invalid/pip.zip   | pip",
                "numpy==1.2  # pinned                    | numpy",
                "tool===1.0+odd                          | tool",
            })
    void takesRequirementsAsTheyAre(String line, String name) throws Refused {
        assertThat(PipLine.parse(line))
                .isInstanceOfSatisfying(
                        PipLine.Package.class,
                        wanted -> {
                            assertThat(wanted.name()).isEqualTo(name);
                            assertThat(line).startsWith(wanted.text());
                        });
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--extra-index-url https://example.invalid/simple | --extra-index-url https://example.invalid/simple",
                "--extra-index-url=https://example.invalid/simple | --extra-index-url https://example.invalid/simple",
                "-i https://example.invalid/simple                | --index-url https://example.invalid/simple",
                "-f https://example.invalid/wheels                | --find-links https://example.invalid/wheels",
                "--find-links /srv/wheels                         | --find-links /srv/wheels",
                "--no-binary lxml                                 | --no-binary lxml",
                "--trusted-host example.invalid                   | --trusted-host example.invalid",
            })
    void keepsPlacesOfPackages(String line, String kept) throws Refused {
        assertThat(PipLine.parse(line)).isEqualTo(new PipLine.Source(kept));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-r requirements.txt             | refers to another file",
                "--requirement=requirements.txt  | refers to another file",
                "-c constraints.txt              | refers to another file",
                "-e .                            | refers to a source folder",
                "./wheels/mine-1.0-py3-none-any.whl | is relative",
                "mine-1.0-py3-none-any.whl       | is relative",
                "mine @ wheels/mine-1.0.whl      | is relative",
                "-f wheels                       | is relative",
                "/nowhere/mine-1.0.whl           | there is no such file",
                "numpy=1.2                       | pip wants '=='",
                "numpy 1.2                       | is not a version",
                "numpy==                         | is not a version",
                "--upgrade                       | is not supported here",
                "=1.2                            | is not a pip requirement",
            })
    void refusesWithTheReason(String line, String reason) {
        assertThatThrownBy(() -> PipLine.parse(line)).hasMessageContaining(reason);
    }

    @Test
    void passesOverCommentsAndEmptyLines() throws Refused {
        assertThat(PipLine.parse("# all of it")).isInstanceOf(PipLine.Nothing.class);
        assertThat(PipLine.parse("   ")).isInstanceOf(PipLine.Nothing.class);
        assertThat(PipLine.parse("--pre")).isInstanceOf(PipLine.Prereleases.class);
    }
}
