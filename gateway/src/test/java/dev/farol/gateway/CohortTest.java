package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CohortTest {
    private static final int CALLERS = 100_000;

    /** Each share of 100,000 callers is within three standard deviations of its percent. */
    @Test
    void callersSpreadByPercent() {
        var percents = Map.of("blue", 55, "green", 30, "red", 14, "grey", 1, "idle", 0);
        var cohort = new Cohort(null, percents);
        var counts = new HashMap<String, Integer>();
        for (int i = 0; i < CALLERS; i++) {
            counts.merge(cohort.of("user-" + i), 1, Integer::sum);
        }
        percents.forEach(
                (name, percent) -> {
                    double share = percent / 100.0;
                    double sigma = Math.sqrt(CALLERS * share * (1 - share));
                    assertThat(counts.getOrDefault(name, 0) - CALLERS * share)
                            .as(name)
                            .isBetween(-3 * sigma - 1e-9, 3 * sigma + 1e-9);
                });
    }

    @ParameterizedTest
    @ValueSource(ints = {11, 20, 50, 100})
    void raisingGreenMovesOnlyCallersToGreen(int green) {
        var before = new Cohort(null, Map.of("blue", 90, "green", 10));
        var after = new Cohort(null, Map.of("blue", 100 - green, "green", green));
        int moved = 0;
        for (int i = 0; i < CALLERS; i++) {
            String from = before.of("user-" + i);
            String to = after.of("user-" + i);
            if (!to.equals(from)) {
                assertThat(to).isEqualTo("green");
                moved++;
            }
        }
        double must = CALLERS * (green - 10) / 100.0;
        double sigma = Math.sqrt(must);
        assertThat(moved - must).isBetween(-4 * sigma, 4 * sigma);
    }

    /** The others keep their callers among themselves when one grows at the cost of all. */
    @Test
    void othersDoNotExchangeCallers() {
        var before = new Cohort(null, Map.of("a", 40, "b", 40, "c", 20));
        var after = new Cohort(null, Map.of("a", 30, "b", 30, "c", 40));
        for (int i = 0; i < CALLERS; i++) {
            String from = before.of("user-" + i);
            String to = after.of("user-" + i);
            assertThat(to).isIn(from, "c");
        }
    }

    @Test
    void nobodyHasTrafficWhenAllPercentsAreZero() {
        assertThat(new Cohort(null, Map.of("blue", 0)).of("me")).isNull();
        assertThat(new Cohort(null, Map.of()).of("me")).isNull();
    }
}
