package dev.farol.control.reconcile;

import dev.farol.spec.ResourceId;
import java.util.Locale;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The id of an instance: {@code {endpoint}-{deployment}-{revision}-{index}-{random}}, in lower
 * case, fit to be a file name, shorter than 60 characters: names that are too long for that are
 * cut, the revision and the random part keep it unique.
 *
 * @param revision the eight characters of its revision
 * @param index its place among the instances of the revision
 */
record InstanceName(String revision, int index) {
    private static final Pattern TAIL = Pattern.compile("-([0-9a-f]{8})-([0-9]{1,5})-[a-z0-9]{4}$");
    private static final int NAMES = 38;
    private static final int RANDOM = 36 * 36 * 36 * 36;

    /** A new id. */
    static String next(ResourceId deployment, String revision, int index, RandomGenerator random) {
        String endpoint = deployment.parent().orElseThrow().name();
        String name = deployment.name();
        if (endpoint.length() + name.length() > NAMES) {
            int rest = Math.max(NAMES / 2, NAMES - name.length());
            endpoint = endpoint.substring(0, Math.min(endpoint.length(), rest));
            name = name.substring(0, Math.min(name.length(), NAMES - endpoint.length()));
        }
        String tail = Integer.toString(RANDOM + random.nextInt(RANDOM), 36).substring(1);
        return (endpoint + "-" + name + "-" + revision + "-" + index + "-" + tail)
                .toLowerCase(Locale.ROOT);
    }

    /** What an id says; empty when it was not made here. */
    static Optional<InstanceName> read(String id) {
        Matcher tail = TAIL.matcher(id);
        return tail.find()
                ? Optional.of(new InstanceName(tail.group(1), Integer.parseInt(tail.group(2))))
                : Optional.empty();
    }
}
