package dev.farol.kit.config;

import java.util.List;
import java.util.Map;

/** A part of a YAML document that knows where it stands, such as {@code farol.yaml:12}. */
sealed interface Node {
    String where();

    /** Text as written; types come from the records. */
    record Scalar(String text, String where) implements Node {}

    record Sequence(List<Node> items, String where) implements Node {}

    /** Entries in the order of the file; an entry without a value is not there. */
    record Mapping(Map<String, Node> entries, String where) implements Node {}
}
