package dev.farol.environment.definition;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MatchSpecTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "numpy                            | numpy                |      ",
                "NumPy                            | numpy                |      ",
                "numpy=1.26                       | numpy==1.26.*        |      ",
                "numpy=1.26.*                     | numpy==1.26.*        |      ",
                "numpy=2.3.1                      | numpy==2.3.1.*       |      ",
                "numpy==1.26.4                    | numpy==1.26.4        |      ",
                "numpy==1.26.*                    | numpy==1.26.*        |      ",
                "numpy 1.26                       | numpy==1.26          |      ",
                "numpy 1.26.*                     | numpy==1.26.*        |      ",
                "numpy 1.26*                      | numpy==1.26.*        |      ",
                "numpy =1.26                      | numpy==1.26.*        |      ",
                "numpy = 1.26                     | numpy==1.26.*        |      ",
                "numpy=1.26.4=py311h64a7726_0     | numpy==1.26.4        | py311h64a7726_0",
                "numpy==1.26.4=py311h64a7726_0    | numpy==1.26.4        | py311h64a7726_0",
                "numpy 1.26.4 py311h64a7726_0     | numpy==1.26.4        | py311h64a7726_0",
                "numpy=1.26.*=*openblas           | numpy==1.26.*        | *openblas",
                "numpy>=1.20                      | numpy>=1.20          |      ",
                "numpy >=1.20                     | numpy>=1.20          |      ",
                "numpy >= 1.20, < 2               | numpy>=1.20,<2       |      ",
                "numpy>=1.20,<2.0a0               | numpy>=1.20,<2.0a0   |      ",
                "numpy>=1.20.*                    | numpy>=1.20          |      ",
                "numpy>1.20                       | numpy>1.20           |      ",
                "numpy<=1.20                      | numpy<=1.20          |      ",
                "numpy!=1.24.0                    | numpy!=1.24.0        |      ",
                "numpy!=1.24.*,>=1                | numpy!=1.24.*,>=1    |      ",
                "numpy~=1.24.0                    | numpy~=1.24.0        |      ",
                "numpy=1.20,!=1.20.3              | numpy==1.20.*,!=1.20.3 |    ",
                "numpy=*                          | numpy                |      ",
                "numpy *                          | numpy                |      ",
                "numpy=2.0.0rc1                   | numpy==2.0.0rc1      |      ",
                "conda-forge::numpy=1.26          | numpy==1.26.*        |      ",
                "conda-forge/linux-64::numpy      | numpy                |      ",
                "numpy[version='>=1.2,<2']        | numpy>=1.2,<2        |      ",
                "numpy[version=1.26,build=py311]  | numpy==1.26          | py311",
                "uvicorn[standard]>=0.30          | uvicorn[standard]>=0.30 |   ",
                "ruamel.yaml=0.18                 | ruamel.yaml==0.18.*  |      ",
                "pytz=2024.1                      | pytz==2024.1.*       |      ",
            })
    void saysInPipsGrammarWhatCondaSays(String conda, String pip, String build) throws Refused {
        MatchSpec spec = MatchSpec.parse(conda);
        assertThat(spec.name() + spec.extras() + spec.version()).isEqualTo(pip);
        assertThat(spec.build()).isEqualTo(build);
    }

    @ParameterizedTest
    @ValueSource(strings = {"numpy=1.2|1.3", "numpy=?", "=1.2", "numpy=abc", "numpy>=9e_x", ""})
    void refusesWhatPipCannotSay(String conda) {
        assertThatThrownBy(() -> MatchSpec.parse(conda))
                .isInstanceOf(Refused.class)
                .hasMessageContaining("'" + conda + "'");
    }
}
