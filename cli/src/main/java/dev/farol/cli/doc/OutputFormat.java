package dev.farol.cli.doc;

import io.burt.jmespath.jcf.JcfRuntime;
import io.burt.jmespath.parser.ParseException;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The values of {@code -o}. */
public enum OutputFormat {
    JSON,
    JSONC,
    YAML,
    YAMLC,
    TABLE,
    TSV,
    NONE;

    public static final List<String> WORDS =
            List.of("json", "jsonc", "yaml", "yamlc", "table", "tsv", "none");

    public static Optional<OutputFormat> of(String word) {
        return WORDS.contains(word)
                ? Optional.of(valueOf(word.toUpperCase(Locale.ROOT)))
                : Optional.empty();
    }

    /** What is printed, with its last line ended; empty for null, as {@code az} does. */
    public String render(@Nullable Object value) {
        if (value == null) {
            return "";
        }
        return switch (this) {
            case JSON, JSONC -> JsonText.pretty(value) + "\n";
            case YAML, YAMLC -> YamlText.of(Tree.sorted(value));
            case TABLE -> TableText.table(value);
            case TSV -> TableText.tsv(value);
            case NONE -> "";
        };
    }

    /**
     * The result of a JMESPath query.
     *
     * @throws IllegalArgumentException when the query is not JMESPath
     */
    public static @Nullable Object query(String query, @Nullable Object value) {
        try {
            return new JcfRuntime().compile(query).search(value);
        } catch (ParseException malformed) {
            throw new IllegalArgumentException(malformed.getMessage(), malformed);
        }
    }
}
