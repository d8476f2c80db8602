package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.wire.Target;
import java.util.Arrays;
import java.util.Collections;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class PickerTest {
    private static List<RoutedInstance> instances(int... loads) {
        return Arrays.stream(loads)
                .mapToObj(
                        load -> {
                            var health = new InstanceHealth(-InstanceHealth.WARM_UP);
                            health.load().set(load);
                            return new RoutedInstance("i", new Target("h", 1), health);
                        })
                .toList();
    }

    @Test
    void noneIsNull() {
        assertThat(Picker.pick(List.of(), 0, bound -> 0)).isNull();
    }

    @Test
    void takesTheLessLoadedOfTheTwoDrawn() {
        var two = instances(5, 3);
        assertThat(Picker.pick(two, 0, bound -> 0)).isSameAs(two.get(1));
        assertThat(Picker.pick(two, 0, bound -> bound - 1)).isSameAs(two.get(1));
        var three = instances(0, 7, 9);
        assertThat(Picker.pick(three, 0, bound -> bound - 1)).isSameAs(three.get(1));
    }

    /** A number of instances and a seed, twenty of each. */
    static Stream<Arguments> cases() {
        var random = new Random();
        return Stream.generate(() -> Arguments.of(random.nextInt(2, 21), random.nextLong()))
                .limit(20);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void spreadsLoadEvenly(int size, long seed) {
        var instances = instances(IntStream.generate(() -> 0).limit(size).toArray());
        var random = new java.util.SplittableRandom(seed);
        for (int i = 0; i < 100 * size; i++) {
            Picker.pick(instances, 0, random::nextInt).load().incrementAndGet();
        }
        IntSummaryStatistics loads =
                instances.stream().mapToInt(each -> each.load().get()).summaryStatistics();
        assertThat(loads.getMax() - loads.getMin()).isLessThan(20);
    }

    @ParameterizedTest
    @MethodSource("cases")
    void neverTakesTheMostLoadedWhenItIsAlone(int size, long seed) {
        int[] loads = new int[size];
        loads[size / 2] = 1;
        var instances = instances(loads);
        var random = new java.util.SplittableRandom(seed);
        assertThat(
                        Collections.nCopies(100, instances).stream()
                                .map(each -> Picker.pick(each, 0, random::nextInt)))
                .doesNotContain(instances.get(size / 2));
    }

    @Test
    void leavesOutWhatFailsAndTriesItAgainAfterAWhile() {
        var three = instances(9, 0, 9);
        InstanceHealth bad = three.get(1).health();
        for (int i = 1; i < InstanceHealth.STRIKES; i++) {
            bad.failed(0);
        }
        assertThat(bad.ejected(0)).isFalse();
        bad.answered();
        for (int i = 0; i < InstanceHealth.STRIKES; i++) {
            assertThat(bad.ejected(0)).as("after %s failures", i).isFalse();
            bad.failed(0);
        }
        var random = new java.util.SplittableRandom(1);
        for (int i = 0; i < 100; i++) {
            assertThat(Picker.pick(three, 1, random::nextInt)).isNotSameAs(three.get(1));
        }
        long later = InstanceHealth.FIRST_PAUSE;
        assertThat(bad.ejected(later - 1)).isTrue();
        assertThat(bad.ejected(later)).isFalse();
        bad.failed(later);
        assertThat(bad.ejected(later + InstanceHealth.FIRST_PAUSE)).as("twice as long").isTrue();
        assertThat(bad.ejected(later + 2 * InstanceHealth.FIRST_PAUSE)).isFalse();
        bad.answered();
        bad.failed(later);
        assertThat(bad.ejected(later)).as("all is forgiven").isFalse();
    }

    @Test
    void takesOneAnywayWhenAllFail() {
        var three = instances(0, 0, 0);
        three.forEach(
                each -> {
                    for (int i = 0; i < InstanceHealth.STRIKES; i++) {
                        each.health().failed(0);
                    }
                });
        assertThat(Picker.pick(three, 0, bound -> 0)).isNotNull();
        var two = three.subList(0, 2);
        assertThat(Picker.pick(two, 0, bound -> 0)).isNotNull();
    }

    /** Its share of the requests grows with its age. */
    @Test
    void aNewInstanceStartsSlowly() {
        var old = instances(0).getFirst();
        var random = new java.util.SplittableRandom(7);
        double[] shares = new double[3];
        long[] ages = {0, InstanceHealth.WARM_UP / 2, InstanceHealth.WARM_UP};
        for (int step = 0; step < ages.length; step++) {
            old.load().set(0);
            var fresh =
                    new RoutedInstance("new", new Target("h", 2), new InstanceHealth(-ages[step]));
            for (int i = 0; i < 1000; i++) {
                Picker.pick(List.of(old, fresh), 0, random::nextInt).load().incrementAndGet();
            }
            shares[step] = fresh.load().get() / 1000.0;
        }
        assertThat(shares[0]).isBetween(0.05, 0.15);
        assertThat(shares[1]).isBetween(0.4, 0.55);
        assertThat(shares[2]).isBetween(0.45, 0.55);
    }
}
