package dev.farol.gateway;

import dev.farol.spec.EndpointSettings.Affinity;
import dev.farol.wire.ProxyRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Keeps a caller on one deployment while percentages move: weighted rendezvous hashing. Each
 * deployment draws a number from the caller's name and its own, and the largest, weighted by
 * percent, wins. Raising one deployment moves callers to it and between no others.
 */
final class Cohort {
    /** The header that every endpoint understands. */
    static final String HEADER = "x-farol-affinity";

    private static final long FNV_OFFSET = 0xcbf2_9ce4_8422_2325L;
    private static final long FNV_PRIME = 0x100_0000_01b3L;

    /** A deployment, the start of its draws, and its percent. */
    private record Share(String name, long seed, int percent) {}

    private final @Nullable Affinity affinity;
    private final List<Share> shares = new ArrayList<>();

    /**
     * @param affinity the endpoint's own; null when it has none
     * @param percents by deployment name in lower case
     */
    Cohort(@Nullable Affinity affinity, Map<String, Integer> percents) {
        this.affinity = affinity;
        percents.forEach(
                (name, percent) -> {
                    if (percent > 0) {
                        shares.add(new Share(name, hash(FNV_OFFSET, name), percent));
                    }
                });
    }

    /** Who calls, as far as the request says so; null when it does not. */
    @Nullable String caller(ProxyRequest request) {
        String given = request.header(HEADER);
        if (given == null && affinity != null) {
            given =
                    affinity.kind() == Affinity.Kind.HEADER
                            ? request.header(affinity.name())
                            : cookie(request.header("Cookie"), affinity.name());
        }
        return given == null || given.isBlank() ? null : given.strip();
    }

    /** The caller's deployment; null when none has traffic. */
    @Nullable String of(String caller) {
        String best = null;
        double most = Double.NEGATIVE_INFINITY;
        for (Share share : shares) {
            // Uniform in (0, 1); the logarithm makes the chance to be largest the weight's share.
            double drawn = ((mixed(hash(share.seed(), caller)) >>> 11) + 0.5) * 0x1.0p-53;
            double score = -share.percent() / Math.log(drawn);
            if (score > most) {
                most = score;
                best = share.name();
            }
        }
        return best;
    }

    private static @Nullable String cookie(@Nullable String header, String name) {
        if (header == null) {
            return null;
        }
        for (String pair : header.split(";", -1)) {
            int equals = pair.indexOf('=');
            if (equals > 0 && pair.substring(0, equals).strip().equals(name)) {
                return pair.substring(equals + 1).strip();
            }
        }
        return null;
    }

    private static long hash(long start, String text) {
        long hash = start;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return hash;
    }

    /** The finisher of SplitMix64: FNV alone leaves the high bits of short texts alike. */
    private static long mixed(long hash) {
        long z = (hash ^ (hash >>> 30)) * 0xbf58_476d_1ce4_e5b9L;
        z = (z ^ (z >>> 27)) * 0x94d0_49bb_1331_11ebL;
        return z ^ (z >>> 31);
    }
}
