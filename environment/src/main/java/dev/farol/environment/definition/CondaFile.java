package dev.farol.environment.definition;

import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Walks a conda environment file, YAML or the same as JSON, and hands its lines over. */
final class CondaFile {
    private static final Set<String> WITHOUT_MEANING = Set.of("name", "channels", "prefix");

    private final Gathering gathering;

    CondaFile(Gathering gathering) {
        this.gathering = gathering;
    }

    void read(String text) {
        read(text, "a conda file is a mapping with 'dependencies'", "the conda file", this::top);
    }

    /** MLflow's {@code python_env.yaml}, which names an interpreter and lines for pip. */
    void readPythonEnv(String text) {
        read(text, "a python_env file is a mapping", "the file", this::pythonEnv);
    }

    private void read(String text, String expected, String what, Consumer<MappingNode> top) {
        try {
            Optional<Node> root =
                    new Compose(LoadSettings.builder().setAllowDuplicateKeys(false).build())
                            .composeString(readable(text));
            if (root.isEmpty()) {
                gathering.violation(1, what + " is empty");
            } else if (root.get() instanceof MappingNode mapping) {
                top.accept(mapping);
            } else {
                gathering.violation(line(root.get()), expected + ", not " + kind(root.get()));
            }
        } catch (MarkedYamlEngineException broken) {
            int line = broken.getProblemMark().map(mark -> mark.getLine() + 1).orElse(0);
            gathering.violation(line, "not YAML: " + broken.getProblem());
        } catch (YamlEngineException broken) {
            gathering.violation(0, "not YAML: " + broken.getMessage());
        }
    }

    /** JSON may be indented with tabs, which YAML refuses; inside its texts there are none. */
    private static String readable(String text) {
        return text.stripLeading().startsWith("{") ? text.replace('\t', ' ') : text;
    }

    private void top(MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            String key = entry.getKeyNode() instanceof ScalarNode name ? name.getValue() : "";
            if (key.equals("dependencies")) {
                dependencies(entry.getValueNode());
            } else if (key.equals("variables")) {
                gathering.note(
                        line(entry.getKeyNode()),
                        "'variables' is not used: set environment_variables of the deployment");
            } else if (!WITHOUT_MEANING.contains(key)) {
                gathering.note(line(entry.getKeyNode()), "'" + key + "' is not used");
            }
        }
    }

    private void pythonEnv(MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            String key = entry.getKeyNode() instanceof ScalarNode name ? name.getValue() : "";
            Node value = entry.getValueNode();
            switch (key) {
                case "python" -> {
                    if (value instanceof ScalarNode version && !isNull(value)) {
                        gathering.python(version.getValue(), line(value));
                    } else {
                        gathering.violation(
                                line(value), "'python' is a version, not " + kind(value));
                    }
                }
                case "dependencies" -> pip("dependencies", value);
                // What pip itself needs to build packages; uv brings its own.
                case "build_dependencies" -> {}
                default -> gathering.note(line(entry.getKeyNode()), "'" + key + "' is not used");
            }
        }
    }

    private void dependencies(Node node) {
        if (isNull(node)) {
            return;
        }
        if (!(node instanceof SequenceNode sequence)) {
            gathering.violation(line(node), "'dependencies' is a list, not " + kind(node));
            return;
        }
        for (Node item : sequence.getValue()) {
            if (isNull(item)) {
                gathering.violation(line(item), "an entry of 'dependencies' is empty");
            } else if (item instanceof ScalarNode scalar) {
                gathering.conda(scalar.getValue(), line(item));
            } else if (item instanceof MappingNode mapping) {
                pipSection(mapping);
            } else {
                gathering.violation(
                        line(item), "an entry of 'dependencies' is a text, not " + kind(item));
            }
        }
    }

    private void pipSection(MappingNode mapping) {
        for (NodeTuple entry : mapping.getValue()) {
            Node value = entry.getValueNode();
            String key = entry.getKeyNode() instanceof ScalarNode name ? name.getValue() : "";
            if (!key.equals("pip")) {
                gathering.violation(
                        line(entry.getKeyNode()),
                        "'" + key + ":' is not known among dependencies; only 'pip:' is");
            } else {
                pip("pip", value);
            }
        }
    }

    private void pip(String key, Node value) {
        if (value instanceof SequenceNode lines) {
            for (Node item : lines.getValue()) {
                if (item instanceof ScalarNode scalar && !isNull(item)) {
                    gathering.pip(scalar.getValue(), line(item));
                } else {
                    gathering.violation(
                            line(item), "an entry of '" + key + "' is a text, not " + kind(item));
                }
            }
        } else if (!isNull(value)) {
            gathering.violation(line(value), "'" + key + "' is a list, not " + kind(value));
        }
    }

    private static boolean isNull(Node node) {
        return node instanceof ScalarNode && node.getTag().equals(Tag.NULL);
    }

    private static int line(Node node) {
        return node.getStartMark().map(mark -> mark.getLine() + 1).orElse(0);
    }

    private static String kind(Node node) {
        return switch (node) {
            case MappingNode mapping -> "a mapping";
            case SequenceNode sequence -> "a list";
            case ScalarNode scalar when isNull(scalar) -> "nothing";
            case ScalarNode scalar -> "the text '" + shortened(scalar.getValue()) + "'";
            default -> "this";
        };
    }

    private static String shortened(String text) {
        String line = text.lines().findFirst().orElse("");
        return line.length() > 40 ? line.substring(0, 40) + "…" : line;
    }
}
