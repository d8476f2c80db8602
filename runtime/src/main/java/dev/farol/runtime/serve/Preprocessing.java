package dev.farol.runtime.serve;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * How a picture becomes a tensor, as the file {@code preprocess.yaml} beside the model says.
 *
 * @param input which it is for; null means the model's only one
 * @param crop whether what does not fit is cut off; else the picture is stretched
 * @param upright whether the rotation that a camera notes in a JPEG is applied
 * @param channels {@code rgb}, {@code bgr} or {@code gray}
 * @param last whether the channels are the last extent ({@code nhwc})
 * @param scale of a value from 0 to 255; then {@code mean} is taken off and {@code std} divides
 */
record Preprocessing(
        @Nullable String input,
        int height,
        int width,
        boolean crop,
        boolean upright,
        String channels,
        boolean last,
        double scale,
        List<Double> mean,
        List<Double> std) {
    static final String FILE = "preprocess.yaml";
    private static final int LARGEST = 8192;
    private static final Set<String> KEYS =
            Set.of(
                    "input",
                    "size",
                    "resize",
                    "orientation",
                    "channels",
                    "layout",
                    "scale",
                    "mean",
                    "std");

    int depth() {
        return channels.equals("gray") ? 1 : 3;
    }

    /**
     * Null when there is no such file.
     *
     * @throws FarolException INVALID_ARGUMENT when it is not as it must be
     */
    static @Nullable Preprocessing beside(Path model) throws IOException {
        Path file = model.resolveSibling(FILE);
        if (!Files.isRegularFile(file)) {
            return null;
        }
        try {
            return of(
                    new Load(LoadSettings.builder().build())
                            .loadFromString(Files.readString(file)));
        } catch (YamlEngineException broken) {
            throw refused("is no YAML: " + broken.getMessage());
        }
    }

    static Preprocessing of(Object document) {
        if (!(document instanceof Map<?, ?> map)) {
            throw refused("is no mapping (expected: " + KEYS + ")");
        }
        for (Object key : map.keySet()) {
            if (!KEYS.contains(String.valueOf(key))) {
                throw refused("has the key '" + key + "' (expected one of: " + KEYS + ")");
            }
        }
        List<Double> size = numbers(map, "size", List.of());
        if (size.size() != 2 || size.stream().anyMatch(n -> n < 1 || n > LARGEST || n % 1 != 0)) {
            throw refused("has size: " + map.get("size") + " (expected: [height, width])");
        }
        String channels = word(map, "channels", "rgb", Set.of("rgb", "bgr", "gray"));
        int depth = channels.equals("gray") ? 1 : 3;
        List<Double> mean = perChannel(map, "mean", depth, 0);
        List<Double> std = perChannel(map, "std", depth, 1);
        if (std.contains(0.0)) {
            throw refused("has std: " + map.get("std") + " (expected: no zero)");
        }
        Object scale = map.get("scale");
        if (scale != null && !(scale instanceof Number)) {
            throw refused("has scale: " + scale + " (expected: a number)");
        }
        Object input = map.get("input");
        return new Preprocessing(
                input == null ? null : input.toString(),
                size.get(0).intValue(),
                size.get(1).intValue(),
                word(map, "resize", "stretch", Set.of("stretch", "crop")).equals("crop"),
                word(map, "orientation", "exif", Set.of("exif", "ignore")).equals("exif"),
                channels,
                word(map, "layout", "nchw", Set.of("nchw", "nhwc")).equals("nhwc"),
                scale instanceof Number number ? number.doubleValue() : 1,
                mean,
                std);
    }

    private static List<Double> perChannel(Map<?, ?> map, String key, int depth, double usual) {
        List<Double> values = numbers(map, key, java.util.Collections.nCopies(depth, usual));
        if (values.size() != depth) {
            throw refused(
                    "has " + key + ": " + map.get(key) + " (expected: " + depth + " numbers)");
        }
        return values;
    }

    private static List<Double> numbers(Map<?, ?> map, String key, List<Double> usual) {
        Object value = map.get(key);
        if (value == null) {
            return usual;
        }
        if (value instanceof List<?> list && list.stream().allMatch(Number.class::isInstance)) {
            return list.stream().map(each -> ((Number) each).doubleValue()).toList();
        }
        throw refused("has " + key + ": " + value + " (expected: a list of numbers)");
    }

    private static String word(Map<?, ?> map, String key, String usual, Set<String> known) {
        Object value = map.get(key);
        if (value == null) {
            return usual;
        }
        if (!known.contains(value.toString())) {
            throw refused("has " + key + ": " + value + " (expected one of: " + known + ")");
        }
        return value.toString();
    }

    private static FarolException refused(String what) {
        return new FarolException(ErrorCode.INVALID_ARGUMENT, FILE + " " + what + ".");
    }
}
