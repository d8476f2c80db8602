package dev.farol.kit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Durations and sizes as people write them. */
class TextFormsTest {
    @ParameterizedTest
    @CsvSource({
        "5s,5s", "500ms,500ms", "1500ms,1s500ms", "90s,1m30s", "1h30m,1h30m", "PT5S,5s",
        "pt1m,1m", "0,0s", "0s,0s", "36h,1d12h", "250us,250us", "' 7S ',7s"
    })
    void durationsReadAndPrint(String text, String shown) {
        Duration duration = DurationText.parse(text);

        assertThat(DurationText.of(duration)).isEqualTo(shown);
        assertThat(DurationText.parse(shown)).isEqualTo(duration);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "5", "-5s", "PT-5S", "5 s", "s", "5x", "1.5s", "99999999999999999999s"})
    void refusesWhatIsNoDuration(String text) {
        assertThatThrownBy(() -> DurationText.parse(text))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "512,512,512B", "1KiB,1024,1KiB", "10MB,10000000,10MB", "256MiB,268435456,256MiB",
        "1.5 GiB,1610612736,1536MiB", "1kb,1000,1kB", "0,0,0B", "2TB,2000000000000,2TB"
    })
    void sizesReadAndPrint(String text, long bytes, String shown) {
        assertThat(ByteSize.parse(text)).isEqualTo(new ByteSize(bytes)).hasToString(shown);
        assertThat(ByteSize.parse(shown).bytes()).isEqualTo(bytes);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-1", "MB", "1.5", "1.0001KiB", "1XB", "9999999PiB", "1e3"})
    void refusesWhatIsNoSize(String text) {
        assertThatThrownBy(() -> ByteSize.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }
}
