package dev.farol.cli.doc;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The tables and tab-separated rows of {@code az}: a table shows the scalars of each row under
 * their keys with a first capital, without {@code id}, {@code type} and {@code etag}.
 */
final class TableText {
    private static final Set<String> SKIPPED = Set.of("id", "type", "etag", "revision");

    private TableText() {}

    static String table(@Nullable Object value) {
        List<?> rows = value instanceof List<?> list ? list : single(value);
        var cells = new ArrayList<Map<String, String>>();
        var columns = new LinkedHashSet<String>();
        for (Object row : rows) {
            Map<String, String> shown = row(row);
            cells.add(shown);
            columns.addAll(shown.keySet());
        }
        if (columns.isEmpty()) {
            return "";
        }
        var widths = new LinkedHashMap<String, Integer>();
        for (String column : columns) {
            int width = column.length();
            for (Map<String, String> row : cells) {
                width = Math.max(width, row.getOrDefault(column, "").length());
            }
            widths.put(column, width);
        }
        var text = new StringBuilder();
        line(text, widths, column -> column);
        line(text, widths, column -> "-".repeat(widths.getOrDefault(column, 0)));
        for (Map<String, String> row : cells) {
            line(text, widths, column -> row.getOrDefault(column, ""));
        }
        return text.toString();
    }

    private static List<?> single(@Nullable Object value) {
        return value == null ? List.of() : List.of(value);
    }

    private static void line(
            StringBuilder text,
            Map<String, Integer> widths,
            java.util.function.UnaryOperator<String> cell) {
        var line = new StringBuilder();
        widths.forEach(
                (column, width) -> {
                    String content = cell.apply(column);
                    line.append(line.isEmpty() ? "" : "  ").append(content);
                    line.repeat(' ', width - content.length());
                });
        text.append(line.toString().stripTrailing()).append('\n');
    }

    private static Map<String, String> row(@Nullable Object row) {
        var cells = new LinkedHashMap<String, String>();
        switch (row) {
            case Map<?, ?> map ->
                    map.forEach(
                            (key, value) -> {
                                String name = String.valueOf(key);
                                if (!SKIPPED.contains(name)
                                        && value != null
                                        && !(value instanceof Map)
                                        && !(value instanceof List)) {
                                    cells.put(capital(name), python(value));
                                }
                            });
            case List<?> list -> {
                for (int i = 0; i < list.size(); i++) {
                    cells.put("Column" + (i + 1), python(list.get(i)));
                }
            }
            case null, default -> cells.put("Result", python(row));
        }
        return cells;
    }

    private static String capital(String name) {
        return name.isEmpty() ? name : name.substring(0, 1).toUpperCase() + name.substring(1);
    }

    static String tsv(@Nullable Object value) {
        List<?> rows = value instanceof List<?> list ? list : single(value);
        var text = new StringBuilder();
        for (Object row : rows) {
            switch (row) {
                case Map<?, ?> map -> text.append(tabbed(new ArrayList<>(map.values())));
                case List<?> list -> text.append(tabbed(list));
                case Boolean flag -> text.append(flag);
                case null, default -> text.append(python(row));
            }
            text.append('\n');
        }
        return text.toString();
    }

    private static String tabbed(List<?> values) {
        var cells = new ArrayList<String>();
        for (Object value : values) {
            cells.add(
                    switch (value) {
                        case List<?> list -> String.valueOf(list.size());
                        case Map<?, ?> map -> "";
                        case null, default -> python(value);
                    });
        }
        return String.join("\t", cells);
    }

    /** A scalar as Python's {@code str} shows it, because scripts compare with that. */
    private static String python(@Nullable Object value) {
        return switch (value) {
            case null -> "None";
            case Boolean flag -> flag ? "True" : "False";
            default -> value.toString();
        };
    }
}
