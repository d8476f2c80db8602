package dev.farol.cli.yaml;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.common.ScalarStyle;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Reads YAML with the place of every value. What cannot be read becomes a violation. */
public final class YamlFile {
    private final String shown;
    private final List<Violation> violations;

    private YamlFile(String shown, List<Violation> violations) {
        this.shown = shown;
        this.violations = violations;
    }

    /**
     * @param shown the file's name in messages
     * @return nothing when the file could not be read; the violations then say why
     */
    public static Node.@Nullable Fields read(Path file, String shown, List<Violation> violations) {
        var reader = new YamlFile(shown, violations);
        String text;
        try {
            text = Files.readString(file);
        } catch (MalformedInputException binary) {
            return reader.refuse(null, "the file is not UTF-8 text", "a YAML file");
        } catch (IOException unreadable) {
            String problem =
                    Files.isDirectory(file)
                            ? "this is a folder"
                            : Files.exists(file) ? "cannot be read" : "no such file";
            violations.add(new Violation(At.flag(shown), "", problem, "a YAML file"));
            return null;
        }
        return reader.fields(text);
    }

    /** The same for a text that is at hand. */
    public static Node.@Nullable Fields parse(
            String text, String shown, List<Violation> violations) {
        return new YamlFile(shown, violations).fields(text);
    }

    private Node.@Nullable Fields fields(String text) {
        Optional<org.snakeyaml.engine.v2.nodes.Node> root;
        try {
            root =
                    new Compose(LoadSettings.builder().setLabel(shown).setUseMarks(true).build())
                            .composeString(text);
        } catch (MarkedYamlEngineException malformed) {
            return refuse(malformed.getProblemMark().orElse(null), problem(malformed), null);
        } catch (YamlEngineException malformed) {
            return refuse(null, "not YAML: " + malformed.getMessage(), null);
        }
        if (root.isPresent() && node(root.get()) instanceof Node.Fields fields) {
            return fields;
        }
        return refuse(
                root.flatMap(org.snakeyaml.engine.v2.nodes.Node::getStartMark).orElse(null),
                root.isEmpty() ? "the file is empty" : "the file holds no mapping",
                "keys and values, such as name: blue");
    }

    private static String problem(MarkedYamlEngineException malformed) {
        String context = malformed.getContext();
        return "not YAML: "
                + malformed.getProblem()
                + (context == null || context.isBlank() ? "" : " " + context);
    }

    private Node.@Nullable Fields refuse(
            @Nullable Mark mark, String problem, @Nullable String expected) {
        At at = mark == null ? new At(shown, 1, 1) : at(mark);
        violations.add(new Violation(at, "", problem, expected));
        return null;
    }

    private At at(Mark mark) {
        return new At(shown, mark.getLine() + 1, mark.getColumn() + 1);
    }

    private At at(org.snakeyaml.engine.v2.nodes.Node node) {
        return node.getStartMark().map(this::at).orElseGet(() -> At.flag(shown));
    }

    private Node node(org.snakeyaml.engine.v2.nodes.Node node) {
        return switch (node) {
            case MappingNode mapping -> mapping(mapping);
            case SequenceNode sequence -> {
                var items = new ArrayList<Node>();
                sequence.getValue().forEach(item -> items.add(node(item)));
                yield new Node.Items(at(sequence), items);
            }
            case ScalarNode scalar ->
                    new Node.Scalar(
                            at(scalar),
                            scalar.getValue(),
                            scalar.getScalarStyle() == ScalarStyle.PLAIN);
            default -> new Node.Scalar(at(node), "", true);
        };
    }

    private Node.Fields mapping(MappingNode mapping) {
        Node.Fields fields = Node.Fields.empty(at(mapping));
        var merged = new ArrayList<Node.Fields>();
        for (NodeTuple tuple : mapping.getValue()) {
            At at = at(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode key)) {
                violations.add(new Violation(at, "", "a key that is not text", "key: value"));
                continue;
            }
            Node value = node(tuple.getValueNode());
            if (key.getValue().equals("<<") && value instanceof Node.Fields base) {
                merged.add(base);
            } else if (fields.entries().containsKey(key.getValue())) {
                violations.add(
                        new Violation(at, key.getValue(), "the key stands here twice", null));
            } else {
                fields.put(at, key.getValue(), value);
            }
        }
        for (Node.Fields base : merged) {
            base.entries().forEach(fields.entries()::putIfAbsent);
        }
        return fields;
    }
}
