package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.wire.Target;
import java.util.Arrays;
import java.util.Collections;
import java.util.IntSummaryStatistics;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
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
                        load ->
                                new RoutedInstance(
                                        "i", new Target("h", 1), new AtomicInteger(load)))
                .toList();
    }

    @Test
    void noneIsNull() {
        assertThat(Picker.pick(List.of(), bound -> 0)).isNull();
    }

    @Test
    void takesTheLessLoadedOfTheTwoDrawn() {
        var two = instances(5, 3);
        assertThat(Picker.pick(two, bound -> 0)).isSameAs(two.get(1));
        assertThat(Picker.pick(two, bound -> bound - 1)).isSameAs(two.get(1));
        var three = instances(0, 7, 9);
        assertThat(Picker.pick(three, bound -> bound - 1)).isSameAs(three.get(1));
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
            Picker.pick(instances, random::nextInt).load().incrementAndGet();
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
                                .map(each -> Picker.pick(each, random::nextInt)))
                .doesNotContain(instances.get(size / 2));
    }
}
