package dev.farol.backend;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.kit.ByteSize;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class InstanceTypesTest {
    private static final long GIB = 1L << 30;
    private static final InstanceTypes WITH_TINY =
            InstanceTypes.with(Map.of("tiny", new InstanceType(1, new ByteSize(256L << 20))));

    @Test
    void knowsAzuresSizesInAnyCaseOfLetters() {
        InstanceType type = InstanceTypes.BUILT_IN.find("standard_ds3_V2").orElseThrow();
        assertThat(type).isEqualTo(new InstanceType(4, new ByteSize(14 * GIB)));
        assertThat(InstanceTypes.BUILT_IN.find("Standard_Z1")).isEmpty();
    }

    @Test
    void anAdminAddsAndReplaces() {
        var tiny = new InstanceType(1, new ByteSize(256L << 20));
        InstanceTypes types =
                InstanceTypes.with(
                        Map.of(
                                "tiny",
                                tiny,
                                "Standard_F2s_v2",
                                new InstanceType(9, new ByteSize(9))));
        assertThat(types.find("Tiny")).contains(tiny);
        assertThat(types.find("Standard_F2s_v2").orElseThrow().cpu()).isEqualTo(9);
        assertThat(types.smallestWith(200L << 20)).contains("tiny");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Standard_DS3_v2",
                "standard_f2s_v2",
                "Standard_D16ads_v5",
                "Standard_M64-16ms",
                "Standard_NV36ads_A10_v5",
                "Standard_HB120rs_v3",
                "Basic_A1",
                "tiny"
            })
    void takesAzuresSpellingAndTheNamesOfAnAdmin(String name) {
        assertThat(WITH_TINY.violation(name)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Standard_Nothing_v9",
                "Standart_DS3_v2",
                "Standard_DS3v2",
                "DS3_v2",
                "large"
            })
    void namesWhatIsNoTypeAndWhatWasExpected(String name) {
        assertThat(WITH_TINY.violation(name).orElseThrow())
                .contains("'" + name + "'", "Standard_DS3_v2", "tiny", "backend.instance-types");
    }

    @Test
    void findsTheSmallestThatIsLargeEnough() {
        assertThat(InstanceTypes.BUILT_IN.smallestWith(4 * GIB)).contains("Standard_F2s_v2");
        assertThat(InstanceTypes.BUILT_IN.smallestWith(10_000 * GIB)).isEmpty();
    }

    @Test
    void refusesTypesOfNothing() {
        assertThatThrownBy(() -> new InstanceType(0, new ByteSize(1)))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
