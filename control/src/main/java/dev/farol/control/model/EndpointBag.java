package dev.farol.control.model;

import dev.farol.spec.EndpointSettings;
import dev.farol.spec.EndpointSettings.Affinity;
import dev.farol.spec.EndpointSettings.Limits;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * What Farol reads from the property bag of an endpoint, where Azure's clients let everyone write:
 * keys that begin with {@code farol.} (see docs/data-plane.md).
 */
public final class EndpointBag {
    private static final String PREFIX = "farol.";
    private static final String AFFINITY = "farol.affinity";
    private static final String PROFILE = "farol.limits";
    private static final String REQUESTS = "farol.requests_per_second";
    private static final String CONCURRENT = "farol.concurrent_requests";
    private static final String BYTES = "farol.max_request_bytes";
    private static final String BANDWIDTH = "farol.bytes_per_second";
    private static final String CORS = "farol.cors_origins";
    private static final List<String> KEYS =
            List.of(AFFINITY, PROFILE, REQUESTS, CONCURRENT, BYTES, BANDWIDTH, CORS);

    private EndpointBag() {}

    /**
     * Reads the settings; what cannot be read is told, and counts as absent.
     *
     * @param wrong gets the key and what was expected
     */
    public static EndpointSettings read(Map<String, String> bag, BiConsumer<String, String> wrong) {
        bag.keySet().stream()
                .filter(key -> key.toLowerCase(Locale.ROOT).startsWith(PREFIX))
                .filter(key -> !KEYS.contains(key))
                .forEach(
                        key ->
                                wrong.accept(
                                        key,
                                        "'"
                                                + key
                                                + "' (expected: one of "
                                                + String.join(", ", KEYS)
                                                + ")"));
        Limits profile = profile(bag.get(PROFILE), wrong);
        int requests = (int) number(bag, REQUESTS, profile.requestsPerSecond(), 1_000_000, wrong);
        int concurrent =
                (int) number(bag, CONCURRENT, profile.concurrentRequests(), 1_000_000, wrong);
        long bytes = number(bag, BYTES, profile.requestBytes(), Long.MAX_VALUE, wrong);
        long bandwidth = number(bag, BANDWIDTH, profile.bytesPerSecond(), Long.MAX_VALUE, wrong);
        var own =
                new Limits(
                        "the endpoint's property farol.*", requests, concurrent, bytes, bandwidth);
        boolean changed =
                requests != profile.requestsPerSecond()
                        || concurrent != profile.concurrentRequests()
                        || bytes != profile.requestBytes()
                        || bandwidth != profile.bytesPerSecond();
        return new EndpointSettings(
                affinity(bag.get(AFFINITY), wrong),
                changed ? own : profile,
                origins(bag.getOrDefault(CORS, ""), wrong));
    }

    private static Limits profile(@Nullable String name, BiConsumer<String, String> wrong) {
        if (name == null || name.equalsIgnoreCase("generous")) {
            return Limits.GENEROUS;
        }
        if (name.equalsIgnoreCase("azure")) {
            return Limits.AZURE;
        }
        wrong.accept(PROFILE, "'" + name + "' (expected: azure or generous)");
        return Limits.GENEROUS;
    }

    private static @Nullable Affinity affinity(
            @Nullable String text, BiConsumer<String, String> wrong) {
        if (text == null) {
            return null;
        }
        try {
            return Affinity.parse(text);
        } catch (IllegalArgumentException neither) {
            wrong.accept(AFFINITY, String.valueOf(neither.getMessage()));
            return null;
        }
    }

    /** With commas between them. */
    private static List<String> origins(String text, BiConsumer<String, String> wrong) {
        List<String> origins =
                Arrays.stream(text.split(",", -1))
                        .map(String::strip)
                        .filter(origin -> !origin.isEmpty())
                        .toList();
        origins.stream()
                .filter(origin -> !origin.equals("*") && !origin.matches("https?://[^/\\s]+"))
                .forEach(
                        origin ->
                                wrong.accept(
                                        CORS,
                                        "'" + origin + "' (expected: https://HOST[:PORT] or *)"));
        return origins;
    }

    private static long number(
            Map<String, String> bag,
            String key,
            long otherwise,
            long most,
            BiConsumer<String, String> wrong) {
        String text = bag.get(key);
        if (text == null) {
            return otherwise;
        }
        try {
            long value = Long.parseLong(text.strip());
            if (value >= 0 && value <= most) {
                return value;
            }
        } catch (NumberFormatException noNumber) {
            // told below, as a number out of range is
        }
        wrong.accept(key, "'" + text + "' (expected: a whole number from 0 to " + most + ")");
        return otherwise;
    }
}
