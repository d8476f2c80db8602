package dev.farol.kit;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Optional;
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

    @ParameterizedTest
    @CsvSource({
        "creat, create",
        "--nme, --name",
        "shwo, show",
        "lsit, list",
        "ONLINE_ENDPONT, online-endpoint",
        "nonsense, ",
        "'', "
    })
    void findsTheWordThatWasMeant(String misspelt, String meant) {
        assertThat(
                        Spelling.nearest(
                                misspelt,
                                List.of("create", "--name", "show", "list", "online-endpoint")))
                .isEqualTo(Optional.ofNullable(meant));
    }
}
