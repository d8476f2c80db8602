package dev.farol.gateway;

import java.util.HashMap;
import java.util.Map;

/** How many times each thing is used, so that the last use of one is noticed when it ends. */
final class Uses<K> {
    private final Map<K, Integer> counts = new HashMap<>();

    void add(K key) {
        counts.merge(key, 1, Integer::sum);
    }

    /** Whether that was the last. */
    boolean remove(K key) {
        return counts.computeIfPresent(key, (same, count) -> count == 1 ? null : count - 1) == null;
    }
}
