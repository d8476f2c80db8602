package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import org.jspecify.annotations.Nullable;

/**
 * Where versions are kept: the workspace, or a registry that several workspaces share.
 *
 * @param path what stands before a collection: empty for the workspace
 * @param registry the registry's name, or null
 */
public record Scope(String path, @Nullable String registry) {
    public static final Scope WORKSPACE = new Scope("", null);

    /** Asks where a registry is, as Azure's client does. */
    public static Scope registry(Arm arm, String name) {
        Object found =
                arm.follow(
                                arm.connection().arm()
                                        + "/registrymanagement/v1.0/registries/"
                                        + name
                                        + "/discovery?api-version=v1.0")
                        .body();
        String subscription = Tree.text(found, "subscriptionId");
        String group = Tree.text(found, "resourceGroup");
        if (subscription == null || group == null) {
            throw CommandFailed.failed("The service does not say where registry " + name + " is.");
        }
        return new Scope(
                "/subscriptions/"
                        + subscription
                        + "/resourceGroups/"
                        + group
                        + "/providers/Microsoft.MachineLearningServices/registries/"
                        + name,
                name);
    }

    /** The api-version of a call: registries have one of their own. */
    public String api(String workspaceApi) {
        return registry == null ? workspaceApi : Versions.REGISTRY_ASSET;
    }
}
