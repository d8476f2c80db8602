package dev.farol.control.arm;

import dev.farol.spec.ErrorCode;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Azure has for workspaces and Farol has not: refused by its name, never kept and forgotten.
 */
final class WorkspaceOffer {
    private static final Map<String, String> KINDS =
            new TreeMap<>(
                    Map.of(
                            "hub", "Hubs",
                            "project", "Projects",
                            "featurestore", "Feature stores"));

    private WorkspaceOffer() {}

    /**
     * @param body a workspace as its client wrote it
     * @param pointer where it stands
     */
    static void check(ObjectNode body, String pointer, Violations violations) {
        JsonNode kind = Shape.find(body, "kind");
        if (kind.isString() && !kind.asString().equalsIgnoreCase("Default")) {
            refuse(
                    violations,
                    pointer + "/kind",
                    KINDS.getOrDefault(
                            kind.asString().toLowerCase(java.util.Locale.ROOT),
                            "Workspaces of the kind '" + kind.asString() + "'"),
                    "Default");
        }
        if (!(Shape.find(body, "properties") instanceof ObjectNode properties)) {
            return;
        }
        String at = pointer + "/properties";
        if (Shape.find(properties, "managedNetwork") instanceof ObjectNode network) {
            JsonNode isolation = Shape.find(network, "isolationMode");
            if (isolation.isString() && !isolation.asString().equalsIgnoreCase("Disabled")) {
                refuse(
                        violations,
                        at + "/managedNetwork/isolationMode",
                        "Managed networks (" + isolation.asString() + ")",
                        "Disabled");
            }
        }
        if (Shape.find(properties, "encryption") instanceof ObjectNode encryption
                && Shape.find(encryption, "status").asString("").equalsIgnoreCase("Enabled")) {
            refuse(
                    violations,
                    at + "/encryption/status",
                    "Encryption with keys of the customer",
                    "Disabled");
        }
        for (String hub : new String[] {"hubResourceId", "workspaceHubConfig"}) {
            JsonNode value = Shape.find(properties, hub);
            if (value.isContainer() ? !value.isEmpty() : !value.asString("").isEmpty()) {
                refuse(violations, at + "/" + hub, "Hubs", "none");
            }
        }
    }

    private static void refuse(
            Violations violations, String pointer, String what, String expected) {
        violations.add(
                ErrorCode.NOT_SUPPORTED,
                pointer,
                what
                        + " are not offered by this version of Farol yet (expected: "
                        + expected
                        + ")");
    }
}
