package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.Map;
import java.util.Random;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class SplitTest {
    /**
     * Thirty percentages that sum to 100, and where a sequence begins; the seed is in the test's
     * name.
     */
    static Stream<Arguments> cases() {
        return new Random()
                .longs(30)
                .mapToObj(seed -> Arguments.of(seed, percents(new Random(seed))));
    }

    private static Map<String, Integer> percents(Random random) {
        var cuts = new TreeSet<Integer>();
        random.ints(random.nextInt(6), 0, 101).forEach(cuts::add);
        cuts.add(100);
        var shares = new HashMap<String, Integer>();
        int before = 0;
        for (int cut : cuts) {
            shares.put("d" + shares.size(), cut - before);
            before = cut;
        }
        return shares;
    }

    @ParameterizedTest
    @MethodSource("cases")
    void eachShareIsWithinThreeSigmaOver100000Requests(long seed, Map<String, Integer> percents) {
        var split = new Split(percents);
        var sequence = new Sequence(seed);
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

    @ParameterizedTest
    @MethodSource("cases")
    void everyPointIsSomebodysAndNobodysIsZeroPercent(long seed, Map<String, Integer> percents) {
        var split = new Split(percents);
        for (int point = 0; point < 100; point++) {
            assertThat(percents.get(split.at(point))).as("point %s", point).isPositive();
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
