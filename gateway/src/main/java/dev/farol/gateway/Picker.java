package dev.farol.gateway;

import java.util.List;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Takes the less loaded of two instances drawn at random, leaving out those that fail: unless all
 * do, because then it may be the caller's request that they fail at.
 */
final class Picker {
    private Picker() {}

    /**
     * @param now monotonic, in nanoseconds
     * @param random a number from 0 to its argument, which is excluded
     * @return null when there is no instance
     */
    static @Nullable RoutedInstance pick(
            List<RoutedInstance> instances, long now, IntUnaryOperator random) {
        int size = instances.size();
        if (size < 2) {
            return size == 0 ? null : instances.getFirst();
        }
        int first = random.applyAsInt(size);
        int second = random.applyAsInt(size - 1);
        if (second >= first) {
            second++;
        }
        RoutedInstance one = instances.get(first);
        RoutedInstance other = instances.get(second);
        boolean oneOut = one.health().ejected(now);
        boolean otherOut = other.health().ejected(now);
        if (oneOut && otherOut && size > 2) {
            return sound(instances, first, now, one);
        }
        if (oneOut != otherOut) {
            return oneOut ? other : one;
        }
        return other.load().get() < one.load().get()
                ? unlessYoung(other, one, now, random)
                : unlessYoung(one, other, now, random);
    }

    /** Its caches are cold: a new instance gives a part of its requests to one that is warmer. */
    private static RoutedInstance unlessYoung(
            RoutedInstance chosen, RoutedInstance other, long now, IntUnaryOperator random) {
        int share = chosen.health().share(now);
        int rival = other.health().share(now);
        return share < rival && random.applyAsInt(rival) >= share ? other : chosen;
    }

    /** The first after {@code from} that does not fail; {@code otherwise} when all do. */
    private static RoutedInstance sound(
            List<RoutedInstance> instances, int from, long now, RoutedInstance otherwise) {
        for (int i = 1; i < instances.size(); i++) {
            RoutedInstance each = instances.get((from + i) % instances.size());
            if (!each.health().ejected(now)) {
                return each;
            }
        }
        return otherwise;
    }
}
