package dev.farol.kit.config;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A record bound from {@link Sources}, and how it came about. Keys are the components' names in
 * kebab case, joined by dots. What is not given comes from the constant {@code DEFAULTS} of the
 * record or, for a record within, of the outermost record that has one.
 *
 * <p>Components may be text, numbers, booleans, enums, {@link java.time.Duration}, {@link
 * dev.farol.kit.ByteSize}, {@link java.nio.file.Path}, {@link java.net.URI}, {@link Secret},
 * records, and lists, sets and maps (by text) of these; one that is {@code @Nullable} need not be
 * set. A record's constructor refuses with IllegalArgumentException.
 *
 * @param settings all that can be set with a key, in the order of the record
 */
public record Configuration<R extends Record>(R value, List<Setting> settings) {
    public Configuration {
        settings = List.copyOf(settings);
    }

    /**
     * @throws ConfigException when something is wrong, with all that is
     */
    public static <R extends Record> Configuration<R> load(Class<R> type, Sources sources) {
        List<ConfigProblem> problems = new ArrayList<>();
        @Nullable Node root = sources.file() == null ? null : Yaml.file(sources.file(), problems);
        var given = new Given(sources);
        var binder = new Binder(sources.environment(), given, problems);
        Object value = binder.record(type, "", root, null);
        List<String> parts =
                Arrays.stream(type.getRecordComponents())
                        .map(component -> Text.kebab(component.getName()))
                        .toList();
        problems.addAll(given.unknown(parts, binder.known));
        if (value == null || !problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new Configuration<>(type.cast(value), binder.settings);
    }

    /** The settings as a table with the columns KEY, VALUE, SOURCE, DEFAULT; without secrets. */
    public String table() {
        List<Setting> rows = new ArrayList<>();
        rows.add(new Setting("KEY", "VALUE", "SOURCE", "DEFAULT"));
        rows.addAll(settings);
        int key = width(rows.stream().map(Setting::key).toList());
        int value = width(rows.stream().map(Setting::value).toList());
        int source = width(rows.stream().map(Setting::source).toList());
        var table = new StringBuilder();
        for (Setting row : rows) {
            String line =
                    pad(row.key(), key)
                            + pad(row.value(), value)
                            + pad(row.source(), source)
                            + row.standard();
            table.append(line.stripTrailing()).append('\n');
        }
        return table.toString();
    }

    private static int width(List<String> cells) {
        return cells.stream().mapToInt(String::length).max().orElse(0) + 2;
    }

    private static String pad(String cell, int width) {
        return cell + " ".repeat(width - cell.length());
    }
}
