package dev.farol.kit.config;

import dev.farol.kit.ByteSize;
import dev.farol.kit.DurationText;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.Map;
import java.util.StringJoiner;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Values as text and back. */
final class Text {
    private Text() {}

    /**
     * @param expected ends the sentence "expected …"
     * @param read throws IllegalArgumentException for what it does not understand
     */
    record Reader(String expected, Function<String, Object> read) {}

    /**
     * How values of a type are read; null when the type is none of a single value. A chain, for the
     * start of the program: it makes only the readers that are asked for.
     */
    static @Nullable Reader reader(Class<?> type) {
        if (type == String.class) {
            return new Reader("text", text -> text);
        } else if (type == int.class || type == Integer.class) {
            return new Reader("a whole number", Integer::valueOf);
        } else if (type == long.class || type == Long.class) {
            return new Reader("a whole number", Long::valueOf);
        } else if (type == double.class || type == Double.class) {
            return new Reader("a number", Text::number);
        } else if (type == boolean.class || type == Boolean.class) {
            return new Reader("true or false", Text::truth);
        } else if (type == Duration.class) {
            return new Reader("a duration such as 5s, 500ms, 1h30m or PT5S", DurationText::parse);
        } else if (type == ByteSize.class) {
            return new Reader("a size such as 256MiB, 10MB or 512", ByteSize::parse);
        } else if (type == Path.class) {
            return new Reader("a path", Path::of);
        } else if (type == URI.class) {
            return new Reader("a URL", URI::create);
        }
        return type.isEnum() ? enumReader(type) : null;
    }

    /** As it is written in a file. */
    static String show(@Nullable Object value) {
        if (value instanceof Duration duration) {
            return DurationText.of(duration);
        } else if (value instanceof Enum<?> constant) {
            return kebab(constant);
        } else if (value instanceof Collection<?> items) {
            var shown = new StringJoiner(", ", "[", "]");
            for (Object item : items) {
                shown.add(show(item));
            }
            return shown.toString();
        } else if (value instanceof Map<?, ?> map) {
            var shown = new StringJoiner(", ", "{", "}");
            for (Map.Entry<?, ?> entry : map.entrySet()) {
                shown.add(entry.getKey() + ": " + show(entry.getValue()));
            }
            return shown.toString();
        }
        return value == null ? "" : value.toString();
    }

    /** {@code maxQueueWait} as {@code max-queue-wait}. */
    static String kebab(String component) {
        var kebab = new StringBuilder();
        for (int i = 0; i < component.length(); i++) {
            char letter = component.charAt(i);
            if (i > 0 && Character.isUpperCase(letter)) {
                kebab.append('-');
            }
            kebab.append(Character.toLowerCase(letter));
        }
        return kebab.toString();
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
