package dev.farol.kit;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SpellingTest {
    @ParameterizedTest
    @CsvSource({
        "'', '', 0",
        "'', abc, 3",
        "numpy, numpy, 0",
        "nunpy, numpy, 1",
        "numy, numpy, 1",
        "numppy, numpy, 1",
        "nmupy, numpy, 2",
        "kitten, sitting, 3"
    })
    void countsLettersEitherWay(String one, String other, int distance) {
        assertThat(Spelling.distance(one, other)).isEqualTo(distance);
        assertThat(Spelling.distance(other, one)).isEqualTo(distance);
    }
}
