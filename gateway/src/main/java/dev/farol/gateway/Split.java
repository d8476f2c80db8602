package dev.farol.gateway;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Percentages of deployments, laid side by side over the points 0 to 99 in the order of names. */
final class Split {
    /** A deployment and the first point that is no longer its own. */
    private record Share(String name, int end) {}

    private final List<Share> shares = new ArrayList<>();

    Split(Map<String, Integer> percents) {
        int end = 0;
        for (var entry : new TreeMap<>(percents).entrySet()) {
            if (entry.getValue() > 0) {
                end += entry.getValue();
                shares.add(new Share(entry.getKey(), end));
            }
        }
    }

    /** Whether all points are nobody's. */
    boolean isEmpty() {
        return shares.isEmpty();
    }

    /** Whose the point is; null when it is nobody's, as all are when the percentages sum to 0. */
    @Nullable String at(int point) {
        for (Share share : shares) {
            if (point < share.end()) {
                return share.name();
            }
        }
        return null;
    }
}
