package dev.farol.kit.config;

import dev.farol.kit.ByteSize;
import dev.farol.kit.DurationText;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values as text and back. */
final class Text {
    private static final Map<Class<?>, Reader> READERS =
            Map.ofEntries(
                    Map.entry(String.class, new Reader("text", text -> text)),
                    Map.entry(int.class, new Reader("a whole number", Integer::valueOf)),
                    Map.entry(Integer.class, new Reader("a whole number", Integer::valueOf)),
                    Map.entry(long.class, new Reader("a whole number", Long::valueOf)),
                    Map.entry(Long.class, new Reader("a whole number", Long::valueOf)),
                    Map.entry(double.class, new Reader("a number", Text::number)),
                    Map.entry(Double.class, new Reader("a number", Text::number)),
                    Map.entry(boolean.class, new Reader("true or false", Text::truth)),
                    Map.entry(Boolean.class, new Reader("true or false", Text::truth)),
                    Map.entry(
                            Duration.class,
                            new Reader(
                                    "a duration such as 5s, 500ms, 1h30m or PT5S",
                                    DurationText::parse)),
                    Map.entry(
                            ByteSize.class,
                            new Reader("a size such as 256MiB, 10MB or 512", ByteSize::parse)),
                    Map.entry(Path.class, new Reader("a path", Path::of)),
                    Map.entry(URI.class, new Reader("a URL", URI::create)));

    private Text() {}

    /**
     * @param expected ends the sentence "expected …"
     * @param read throws IllegalArgumentException for what it does not understand
     */
    record Reader(String expected, Function<String, Object> read) {}

    /** How values of a type are read; null when the type is none of a single value. */
    static @Nullable Reader reader(Class<?> type) {
        return type.isEnum() ? enumReader(type) : READERS.get(type);
    }

    /** As it is written in a file. */
    static String show(@Nullable Object value) {
        return switch (value) {
            case null -> "";
            case Duration duration -> DurationText.of(duration);
            case Enum<?> constant -> kebab(constant);
            case Iterable<?> items when !(value instanceof Path) -> {
                var shown = new StringBuilder();
                for (Object item : items) {
                    shown.append(shown.isEmpty() ? "" : ", ").append(show(item));
                }
                yield "[" + shown + "]";
            }
            case Map<?, ?> map -> {
                var shown = new StringBuilder();
                map.forEach(
                        (key, item) ->
                                shown.append(shown.isEmpty() ? "" : ", ")
                                        .append(key)
                                        .append(": ")
                                        .append(show(item)));
                yield "{" + shown + "}";
            }
            default -> value.toString();
        };
    }

    /** {@code maxQueueWait} as {@code max-queue-wait}. */
    static String kebab(String component) {
        return component.replaceAll("([a-z0-9])([A-Z])", "$1-$2").toLowerCase(Locale.ROOT);
    }

    private static String kebab(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static Reader enumReader(Class<?> type) {
        Object[] constants = type.getEnumConstants();
        var names = Arrays.stream(constants).map(c -> kebab((Enum<?>) c)).toList();
        return new Reader(
                "one of " + String.join(", ", names),
                text -> {
                    int index =
                            names.indexOf(text.strip().toLowerCase(Locale.ROOT).replace('_', '-'));
                    if (index < 0) {
                        throw new IllegalArgumentException(text);
                    }
                    return constants[index];
                });
    }

    private static Object number(String text) {
        double number = Double.parseDouble(text);
        if (!Double.isFinite(number)) {
            throw new IllegalArgumentException(text);
        }
        return number;
    }

    private static Object truth(String text) {
        return switch (text.strip().toLowerCase(Locale.ROOT)) {
            case "true" -> true;
            case "false" -> false;
            default -> throw new IllegalArgumentException(text);
        };
    }
}
