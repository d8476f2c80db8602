package dev.farol.gateway;

import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/** Takes the less loaded of two instances drawn at random. */
final class Picker {
    private Picker() {}

    /**
     * @param random a number from 0 to its argument, which is excluded
     * @return null when there is no instance
     */
    static @Nullable RoutedInstance pick(List<RoutedInstance> instances, IntUnaryOperator random) {
        int size = instances.size();
        if (size == 0) {
            return null;
        }
        if (size == 1) {
            return instances.getFirst();
        }
        int first = random.applyAsInt(size);
        int second = random.applyAsInt(size - 1);
        if (second >= first) {
            second++;
        }
        RoutedInstance one = instances.get(first);
        RoutedInstance other = instances.get(second);
        return other.load().get() < one.load().get() ? other : one;
    }
}
