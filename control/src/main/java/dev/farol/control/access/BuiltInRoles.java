package dev.farol.control.access;

import dev.farol.control.access.Role.Kind;
import java.util.List;

/**
 * The roles of Azure that mean something here, with Azure's ids, names and lists (contracts §8).
 */
final class BuiltInRoles {
    static final String OWNER = "8e3af657-a8ff-443c-a75c-2fe8c4bcb635";

    private static final String ML = "Microsoft.MachineLearningServices/";
    private static final String WORKSPACES = ML + "workspaces/";
    private static final String REGISTRIES = ML + "registries/";
    private static final List<String> EVERYWHERE = List.of("/");

    static final List<Role> ALL =
            List.of(
                    role(
                            OWNER,
                            "Owner",
                            "Everything, also to give roles to others.",
                            List.of("*"),
                            List.of()),
                    role(
                            "b24988ac-6180-42a0-ab88-20f7382dd24c",
                            "Contributor",
                            "Everything but to give roles to others.",
                            List.of("*"),
                            List.of(
                                    "Microsoft.Authorization/*/Delete",
                                    "Microsoft.Authorization/*/Write",
                                    "Microsoft.Authorization/elevateAccess/Action")),
                    role(
                            "acdd72a7-3385-48ef-bd42-f606fba81ae7",
                            "Reader",
                            "To see everything but secrets, and to change nothing.",
                            List.of("*/read"),
                            List.of()),
                    role(
                            "18d7d88d-d35e-4fb5-a5c3-7773c20a72d9",
                            "User Access Administrator",
                            "To give roles to others.",
                            List.of("*/read", "Microsoft.Authorization/*"),
                            List.of()),
                    role(
                            "f6c7c914-8db3-469d-8ca1-694a8f32e121",
                            "AzureML Data Scientist",
                            "Everything within a workspace but computes and the workspace itself.",
                            List.of(
                                    WORKSPACES + "*/read",
                                    WORKSPACES + "*/action",
                                    WORKSPACES + "*/delete",
                                    WORKSPACES + "*/write",
                                    ML + "workspaces/read",
                                    "Microsoft.Resources/subscriptions/resourceGroups/read"),
                            List.of(
                                    ML + "workspaces/delete",
                                    ML + "workspaces/write",
                                    WORKSPACES + "computes/*/write",
                                    WORKSPACES + "computes/*/delete",
                                    WORKSPACES + "computes/write",
                                    WORKSPACES + "computes/delete",
                                    WORKSPACES + "computes/listKeys/action")),
                    role(
                            "e503ece1-11d0-4e8e-8e2c-7a6c3bf38815",
                            "AzureML Compute Operator",
                            "Everything with the computes of a workspace.",
                            List.of(WORKSPACES + "computes/*", WORKSPACES + "notebooks/vm/*"),
                            List.of()),
                    role(
                            "1823dd4f-9b8c-4ab6-ab4e-7397a3684615",
                            "AzureML Registry User",
                            "Everything with the assets of a registry.",
                            List.of(ML + "registries/read", REGISTRIES + "assets/*"),
                            List.of()),
                    role(
                            "635dd51f-9968-44d3-b7fb-6d9a6bd613ae",
                            "AzureML Metrics Writer (preview)",
                            "To write metrics into a workspace.",
                            List.of(WORKSPACES + "metrics/*/write"),
                            List.of()),
                    role(
                            "ea01e6af-a1c1-4350-9563-ad00f8c72ec5",
                            "Azure Machine Learning Workspace Connection Secrets Reader",
                            "To read the secrets of a workspace's connections.",
                            List.of(
                                    WORKSPACES + "connections/listsecrets/action",
                                    WORKSPACES + "metadata/secrets/read"),
                            List.of()),
                    role(
                            "64702f94-c441-49e6-a78b-ef80e0188fee",
                            "Azure AI Developer",
                            "Everything within a workspace but the workspace itself.",
                            List.of(
                                    WORKSPACES + "*/read",
                                    WORKSPACES + "*/action",
                                    WORKSPACES + "*/delete",
                                    WORKSPACES + "*/write",
                                    ML + "workspaces/read"),
                            List.of(
                                    ML + "workspaces/delete",
                                    ML + "workspaces/write",
                                    WORKSPACES + "listKeys/action",
                                    WORKSPACES + "hubs/write",
                                    WORKSPACES + "hubs/delete")),
                    role(
                            "b556d68e-0be0-4f35-a333-ad7ee1ce17ea",
                            "Azure AI Enterprise Network Connection Approver",
                            "To approve private endpoints.",
                            List.of(
                                    ML + "workspaces/privateEndpointConnectionsApproval/action",
                                    ML + "registries/privateEndpointConnectionsApproval/action"),
                            List.of()));

    private BuiltInRoles() {}

    private static Role role(
            String id, String name, String does, List<String> actions, List<String> not) {
        return new Role(
                id, name, Kind.BUILT_IN, does, actions, not, List.of(), List.of(), EVERYWHERE);
    }
}
