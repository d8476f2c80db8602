package dev.farol.cli.yaml;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Whether a file is of the kind that a verb reads: told by its {@code $schema}. */
final class SchemaKind {
    private static final Map<String, String> COMMANDS =
            Map.ofEntries(
                    Map.entry("managedOnlineEndpoint", "online-endpoint"),
                    Map.entry("managedOnlineDeployment", "online-deployment"),
                    Map.entry("model", "model"),
                    Map.entry("environment", "environment"),
                    Map.entry("data", "data"),
                    Map.entry("component", "component"),
                    Map.entry("datastore", "datastore"),
                    Map.entry("workspace", "workspace"),
                    Map.entry("batchEndpoint", "batch-endpoint"),
                    Map.entry("batchDeployment", "batch-deployment"),
                    Map.entry("serverlessEndpoint", "serverless-endpoint"),
                    Map.entry("marketplaceSubscription", "marketplace-subscription"),
                    Map.entry("modelPackage", "model package"));

    /** Several schemas of Azure that are one kind here. */
    private static final Map<String, String> KINDS =
            Map.of(
                    "commandComponent", "component",
                    "azureBlob", "datastore",
                    "azureFile", "datastore",
                    "azureDataLakeGen1", "datastore",
                    "azureDataLakeGen2", "datastore",
                    "modelBatchDeployment", "batchDeployment",
                    "pipelineComponentBatchDeployment", "batchDeployment");

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
                || schema.kind().equalsIgnoreCase(KINDS.getOrDefault(kind, kind))) {
            return true;
        }
        String noun = COMMANDS.get(KINDS.getOrDefault(kind, kind));
        String command = noun == null ? null : "farol " + noun;
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
