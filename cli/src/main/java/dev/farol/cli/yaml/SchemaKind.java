package dev.farol.cli.yaml;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a file is of the kind that a verb reads: told by its {@code $schema}. */
final class SchemaKind {
    private static final Map<String, String> COMMANDS =
            Map.of(
                    "managedOnlineEndpoint", "farol online-endpoint",
                    "managedOnlineDeployment", "farol online-deployment",
                    "model", "farol model",
                    "environment", "farol environment");

    private final List<Violation> violations;

    SchemaKind(List<Violation> violations) {
        this.violations = violations;
    }

    /** Adds a violation and answers false when the file says that it is something else. */
    boolean fits(Node.Fields document, Schema schema) {
        Node declared = document.value("$schema");
        String kind = declared instanceof Node.Scalar scalar ? kind(scalar.text()) : null;
        if (declared == null
                || kind == null
                || schema.kind().isEmpty()
                || schema.kind().equalsIgnoreCase(kind)) {
            return true;
        }
        String command = COMMANDS.get(kind);
        violations.add(
                new Violation(
                        declared.at(),
                        "$schema",
                        "this is a definition of " + kind + problem(kind, command),
                        schema.kind() + (command == null ? "" : "; or the verb " + command)));
        return false;
    }

    private static String problem(String kind, @Nullable String command) {
        return kind.startsWith("kubernetes")
                ? ", and Kubernetes compute is not offered"
                : command == null ? ", which this version does not read" : "";
    }

    private static @Nullable String kind(String url) {
        String last = url.substring(url.lastIndexOf('/') + 1);
        return last.endsWith(".schema.json")
                ? last.substring(0, last.length() - ".schema.json".length())
                : null;
    }
}
