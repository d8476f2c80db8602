package dev.farol.kit.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;
import org.snakeyaml.engine.v2.schema.CoreSchema;

/** Reads YAML into {@link Node}s. */
final class Yaml {
    private final String label;
    private final List<ConfigProblem> problems;

    /**
     * @param label what stands for the source in problems
     * @param problems where they go
     */
    Yaml(String label, List<ConfigProblem> problems) {
        this.label = label;
        this.problems = problems;
    }

    static @Nullable Node file(Path file, List<ConfigProblem> problems) {
        try {
            return new Yaml(file.toString(), problems).read(Files.readString(file), true);
        } catch (NoSuchFileException e) {
            problems.add(new ConfigProblem("", null, file.toString(), "there is no such file"));
        } catch (IOException e) {
            problems.add(new ConfigProblem("", null, file.toString(), "cannot be read: " + e));
        }
        return null;
    }

    /** The document; null when it is empty or no YAML, which is then among the problems. */
    @Nullable Node read(String text, boolean lines) {
        try {
            return new Compose(LoadSettings.builder().setSchema(new CoreSchema()).build())
                    .composeString(text)
                    .map(node -> convert(node, where(node.getStartMark(), lines), lines))
                    .orElse(null);
        } catch (MarkedYamlEngineException e) {
            problems.add(
                    new ConfigProblem(
                            "",
                            null,
                            where(e.getProblemMark(), lines),
                            "no YAML: " + e.getProblem()));
        } catch (YamlEngineException e) {
            problems.add(new ConfigProblem("", null, label, "no YAML: " + e.getMessage()));
        }
        return null;
    }

    /**
     * @param where what a list or a map is blamed at: its key, which may be lines above it
     */
    private @Nullable Node convert(
            org.snakeyaml.engine.v2.nodes.Node node, String where, boolean lines) {
        if (node instanceof ScalarNode scalar) {
            return Tag.NULL.equals(scalar.getTag())
                    ? null
                    : new Node.Scalar(scalar.getValue(), where(node.getStartMark(), lines));
        } else if (node instanceof SequenceNode sequence) {
            List<Node> items = new ArrayList<>();
            for (org.snakeyaml.engine.v2.nodes.Node item : sequence.getValue()) {
                Node converted = convert(item, where(item.getStartMark(), lines), lines);
                items.add(converted == null ? new Node.Scalar("", where) : converted);
            }
            return new Node.Sequence(items, where);
        } else if (node instanceof MappingNode mapping) {
            return new Node.Mapping(entries(mapping, lines), where);
        }
        throw new IllegalStateException("A node of another kind: " + node);
    }

    private Map<String, Node> entries(MappingNode mapping, boolean lines) {
        Map<String, Node> entries = new LinkedHashMap<>();
        Map<String, Boolean> seen = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            String where = where(tuple.getKeyNode().getStartMark(), lines);
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                problems.add(new ConfigProblem("", null, where, "a key must be plain text"));
                continue;
            }
            if (seen.put(key.getValue(), true) != null) {
                problems.add(
                        new ConfigProblem(key.getValue(), null, where, "the key is there twice"));
            }
            Node value = convert(tuple.getValueNode(), where, lines);
            if (value != null) {
                entries.put(key.getValue(), value);
            }
        }
        return entries;
    }

    private String where(Optional<Mark> mark, boolean lines) {
        return lines && mark.isPresent() ? label + ":" + (mark.get().getLine() + 1) : label;
    }
}
