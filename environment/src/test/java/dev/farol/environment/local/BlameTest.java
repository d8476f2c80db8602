package dev.farol.environment.local;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.environment.definition.Requirement;
import dev.farol.environment.definition.Violation;
import dev.farol.environment.uv.Reason;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlameTest {
    private static final List<Requirement> ASKED =
            List.of(
                    new Requirement(5, "numpy=1.20", "numpy", "numpy==1.20.*"),
                    new Requirement(6, "pandas=3.0", "pandas", "pandas==3.0.*"),
                    new Requirement(7, "sklearn", "sklearn", "sklearn"));

    @Test
    void namesAllLinesOfAConflict() {
        Reason reason = new Reason("they differ", Set.of(), Set.of("pandas", "numpy"), false);
        assertThat(Blame.violation(ASKED, reason, null))
                .isEqualTo(
                        new Violation(
                                5,
                                "'numpy=1.20' cannot be had together with 'pandas=3.0' (line 6):"
                                        + " they differ"));
    }

    @Test
    void tellsThatAnotherInterpreterMayBeTheReason() {
        Reason reason = new Reason("it needs Python>=3.12", Set.of(), Set.of("numpy"), false);
        assertThat(Blame.violation(ASKED, reason, "3.9.1 is taken").message())
                .endsWith("it needs Python>=3.12 (3.9.1 is taken)");
    }

    @Test
    void asksWhetherAFamiliarNameWasMeant() {
        assertThat(Blame.unknown(ASKED.get(2)))
                .isEqualTo(
                        new Violation(
                                7,
                                "'sklearn' is not on the package index: did you mean"
                                        + " scikit-learn?"));
        assertThat(Blame.unknown(new Requirement(1, "joblb", "joblb", "joblb")).message())
                .endsWith("did you mean joblib?");
        assertThat(Blame.unknown(new Requirement(1, "qqqq", "qqqq", "qqqq")).message())
                .isEqualTo("'qqqq' is not on the package index");
    }

    @Test
    void withoutANameTheWholeIsMeant() {
        Reason reason = new Reason("disk full", Set.of(), Set.of(), false);
        assertThat(Blame.violation(ASKED, reason, null))
                .isEqualTo(new Violation(0, "cannot be resolved: disk full"));
    }
}
