package dev.farol.environment.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.environment.definition.Requirement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OverridesTest {
    private static Requirement asked(String name, String text) {
        return new Requirement(3, text, name, text);
    }

    @Test
    void anotherNameKeepsTheVersionAskedFor() {
        var notes = new ArrayList<String>();
        var overrides = new Overrides(Map.of("tensorflow", "tensorflow-cpu"));
        assertThat(overrides.direct(List.of(asked("tensorflow", "tensorflow[x]==2.18.*")), notes))
                .extracting(Requirement::name, Requirement::text)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple(
                                "tensorflow-cpu", "tensorflow-cpu[x]==2.18.*"));
        assertThat(notes)
                .containsExactly(
                        "'tensorflow[x]==2.18.*' is replaced by 'tensorflow-cpu' (requirement"
                                + " override)");
    }

    @Test
    void aRequirementStandsForItself() {
        var overrides = new Overrides(Map.of("torch", "torch==2.7.1"));
        assertThat(overrides.direct(List.of(asked("torch", "torch>=2")), new ArrayList<>()))
                .extracting(Requirement::text)
                .containsExactly("torch==2.7.1");
        assertThat(overrides.versions()).containsExactly("torch==2.7.1");
        assertThat(overrides.transitive(List.of("torch==2.7.1 --hash=sha256:00"))).isEmpty();
    }

    @Test
    void theEmptyTextLeavesOut() {
        var overrides = new Overrides(Map.of("nvidia-*", "", "Triton", ""));
        assertThat(overrides.direct(List.of(asked("triton", "triton")), new ArrayList<>()))
                .isEmpty();
        assertThat(overrides.excluded()).containsExactly("triton");
        assertThat(
                        overrides.transitive(
                                List.of("nvidia-cublas==1 --hash=sha256:00", "numpy==2.3.1")))
                .containsExactly(Map.entry("nvidia-cublas", ""));
    }

    @Test
    void whatIsDraggedInIsReplacedInItsVersion() {
        var overrides = new Overrides(Map.of("tensorflow", "tensorflow-cpu"));
        assertThat(overrides.transitive(List.of("tensorflow==2.18.0 --hash=sha256:00")))
                .containsExactly(Map.entry("tensorflow", "tensorflow-cpu==2.18.0"));
    }
}
