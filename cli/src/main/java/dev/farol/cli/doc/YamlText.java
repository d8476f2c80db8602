package dev.farol.cli.doc;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Block YAML in the shape that PyYAML's {@code safe_dump} gives: lists not indented below keys. */
public final class YamlText {
    private static final Pattern PLAIN =
            Pattern.compile("[A-Za-z_/.$(][A-Za-z0-9_/.$()+=;@%^<~ :,\\[\\]{}?&!*-]*");
    private static final Pattern MISREAD =
            Pattern.compile(
                    "(?i)true|false|yes|no|on|off|y|n|null|\\.nan|\\.inf|\\.[0-9].*|.*: .*|.* #.*|.*[: ]");

    private YamlText() {}

    public static String of(@Nullable Object value) {
        var text = new StringBuilder();
        switch (value) {
            case Map<?, ?> map when !map.isEmpty() -> block(map, text, 0, false);
            case List<?> list when !list.isEmpty() -> block(list, text, 0);
            case null, default -> text.append(scalar(value)).append('\n');
        }
        return text.toString();
    }

    private static void block(Map<?, ?> map, StringBuilder text, int indent, boolean started) {
        boolean indented = started;
        for (Map.Entry<?, ?> entry : map.entrySet()) {
            if (!indented) {
                text.repeat(' ', indent);
            }
            indented = false;
            text.append(scalar(String.valueOf(entry.getKey()))).append(':');
            switch (entry.getValue()) {
                case Map<?, ?> inner when !inner.isEmpty() -> {
                    text.append('\n');
                    block(inner, text, indent + 2, false);
                }
                case List<?> inner when !inner.isEmpty() -> {
                    text.append('\n');
                    block(inner, text, indent);
                }
                case null, default ->
                        text.append(' ').append(scalar(entry.getValue())).append('\n');
            }
        }
    }

    private static void block(List<?> list, StringBuilder text, int indent) {
        for (Object item : list) {
            text.repeat(' ', indent).append("- ");
            switch (item) {
                case Map<?, ?> inner when !inner.isEmpty() -> block(inner, text, indent + 2, true);
                case List<?> inner when !inner.isEmpty() -> {
                    text.append('\n');
                    block(inner, text, indent + 2);
                }
                case null, default -> text.append(scalar(item)).append('\n');
            }
        }
    }

    private static String scalar(@Nullable Object value) {
        return switch (value) {
            case null -> "null";
            case Map<?, ?> empty -> "{}";
            case List<?> empty -> "[]";
            case Number number -> number.toString();
            case Boolean flag -> flag.toString();
            default -> string(value.toString());
        };
    }

    private static String string(String value) {
        if (PLAIN.matcher(value).matches() && !MISREAD.matcher(value).matches()) {
            return value;
        }
        if (value.chars().allMatch(c -> c >= 0x20 && c != 0x7f)) {
            return "'" + value.replace("'", "''") + "'";
        }
        var quoted = new StringBuilder();
        JsonText.quote(value, quoted);
        return quoted.toString();
    }
}
