package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class SplitTest {
    @Provide
    Arbitrary<Map<String, Integer>> percents() {
        return Arbitraries.integers()
                .between(0, 100)
                .set()
                .ofMaxSize(5)
                .map(
                        cuts -> {
                            var sorted = new java.util.TreeSet<>(cuts);
                            sorted.add(100);
                            var shares = new HashMap<String, Integer>();
                            int before = 0;
                            for (int cut : sorted) {
                                shares.put("d" + shares.size(), cut - before);
                                before = cut;
                            }
                            return shares;
                        });
    }

    @Property(tries = 30)
    void eachShareIsWithinThreeSigmaOver100000Requests(
            @ForAll("percents") Map<String, Integer> percents, @ForAll long start) {
        var split = new Split(percents);
        var sequence = new Sequence(start);
        var counts = new HashMap<String, Integer>();
        int requests = 100_000;
        for (int i = 0; i < requests; i++) {
            counts.merge(split.at(sequence.next()), 1, Integer::sum);
        }
        percents.forEach(
                (name, percent) -> {
                    double share = percent / 100.0;
                    double sigma = Math.sqrt(requests * share * (1 - share));
                    assertThat(counts.getOrDefault(name, 0) - requests * share)
                            .as("%s of %s", name, percents)
                            .isBetween(-3 * sigma, 3 * sigma);
                });
        assertThat(counts.values().stream().mapToInt(Integer::intValue).sum()).isEqualTo(requests);
    }

    @Property
    void everyPointIsSomebodysAndNobodysIsZeroPercent(
            @ForAll("percents") Map<String, Integer> percents) {
        var split = new Split(percents);
        for (int point = 0; point < 100; point++) {
            assertThat(percents.get(split.at(point))).isPositive();
        }
    }

    @Test
    void sumZeroIsNobody() {
        assertThat(new Split(Map.of()).at(0)).isNull();
        assertThat(new Split(Map.of("blue", 0)).at(99)).isNull();
    }

    @Test
    void twoCallersThatTakeTurnsSeeTheSameShares() {
        var split = new Split(Map.of("blue", 50, "green", 50));
        var sequence = new Sequence(0);
        int[] blue = new int[2];
        for (int i = 0; i < 2000; i++) {
            if ("blue".equals(split.at(sequence.next()))) {
                blue[i % 2]++;
            }
        }
        assertThat(blue[0]).isBetween(480, 520);
        assertThat(blue[1]).isBetween(480, 520);
    }
}
