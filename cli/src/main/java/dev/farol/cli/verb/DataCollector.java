package dev.farol.cli.verb;

import dev.farol.cli.doc.Tree;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The data collector between YAML (contracts §9.4) and the wire (§1.8). */
final class DataCollector {
    private DataCollector() {}

    static @Nullable Object toWire(@Nullable Object yaml) {
        if (!(yaml instanceof Map<?, ?>)) {
            return null;
        }
        Object rate = Tree.at(yaml, "sampling_rate");
        Map<String, @Nullable Object> collections = Tree.of();
        Tree.map(yaml, "collections")
                .forEach(
                        (name, given) -> {
                            String enabled = Tree.textOr(given, "enabled", "false");
                            Map<String, @Nullable Object> collection =
                                    Tree.of(
                                            "dataCollectionMode",
                                            enabled.equalsIgnoreCase("true")
                                                    ? "Enabled"
                                                    : "Disabled");
                            Object own = Tree.at(given, "sampling_rate");
                            put(collection, "samplingRate", own == null ? rate : own);
                            put(collection, "clientId", Tree.text(given, "client_id"));
                            put(collection, "dataId", Tree.text(given, "data"));
                            collections.put(name, collection);
                        });
        Map<String, @Nullable Object> wire = Tree.of("collections", collections);
        String rolling = Tree.text(yaml, "rolling_rate");
        if (rolling != null && !rolling.isEmpty()) {
            String word = rolling.toLowerCase(Locale.ROOT);
            wire.put(
                    "rollingRate",
                    word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1));
        }
        if (Tree.at(yaml, "request_logging") != null) {
            wire.put(
                    "requestLogging",
                    Tree.of(
                            "captureHeaders",
                            Tree.list(yaml, "request_logging", "capture_headers")));
        }
        return wire;
    }

    static @Nullable Object toView(@Nullable Object wire) {
        if (!(wire instanceof Map<?, ?>)) {
            return null;
        }
        Map<String, @Nullable Object> collections = Tree.of();
        Tree.map(wire, "collections")
                .forEach(
                        (name, given) -> {
                            String mode = Tree.textOr(given, "dataCollectionMode", "");
                            Map<String, @Nullable Object> collection =
                                    Tree.of(
                                            "enabled",
                                            String.valueOf(mode.equalsIgnoreCase("Enabled")));
                            put(collection, "sampling_rate", Tree.at(given, "samplingRate"));
                            put(collection, "client_id", Tree.text(given, "clientId"));
                            put(collection, "data", Tree.text(given, "dataId"));
                            collections.put(name, collection);
                        });
        Map<String, @Nullable Object> view = Tree.of("collections", collections);
        put(view, "rolling_rate", Words.snake(Tree.text(wire, "rollingRate")));
        if (Tree.at(wire, "requestLogging") != null) {
            view.put(
                    "request_logging",
                    Tree.of(
                            "capture_headers",
                            Tree.list(wire, "requestLogging", "captureHeaders")));
        }
        return view;
    }

    private static void put(Map<String, @Nullable Object> map, String key, @Nullable Object value) {
        if (value != null) {
            map.put(key, value);
        }
    }
}
