package dev.farol.cli.verb;

import dev.farol.cli.arm.ArmAnswer;
import dev.farol.cli.arm.Defaults;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.AssetSchemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of workspaces. */
final class WorkspaceVerbs {
    private static final Flag NAME = Flag.text("NAME", "The workspace, like -w.", "--name", "-n");
    private static final Flag LOCATION = Flag.text("NAME", "Its location.", "--location", "-l");
    private static final Flag DISPLAY_NAME =
            Flag.text("TEXT", "The name that people read.", "--display-name", "-d");
    private static final Flag DESCRIPTION = Flag.text("TEXT", "The description.", "--description");

    private WorkspaceVerbs() {}

    static List<Verb> all() {
        var all = new ArrayList<Verb>();
        all.add(
                new Verb(
                        "create",
                        "Create a workspace.",
                        "farol workspace create -n team --display-name \"The team\"",
                        List.of(
                                Flag.FILE,
                                NAME,
                                LOCATION,
                                DISPLAY_NAME,
                                DESCRIPTION,
                                Flag.TAGS,
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE,
                                Flag.NO_WAIT),
                        WorkspaceVerbs::create));
        all.add(
                new Verb(
                        "update",
                        "Change what a workspace says about itself.",
                        "farol workspace update -n team --set tags.cost=42",
                        List.of(
                                Flag.FILE,
                                NAME,
                                DISPLAY_NAME,
                                DESCRIPTION,
                                Flag.TAGS,
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE,
                                Flag.NO_WAIT),
                        WorkspaceVerbs::update));
        all.add(
                new Verb(
                        "show",
                        "Show a workspace.",
                        "farol workspace show",
                        List.of(NAME),
                        in ->
                                in.print(
                                        WorkspaceView.of(
                                                in.arm()
                                                        .get(path(in, null), Versions.WORKSPACE)
                                                        .body()))));
        all.add(
                new Verb(
                        "list",
                        "List the workspaces of the subscription, or of a group.",
                        "farol workspace list -o table",
                        List.of(Flag.MAX_RESULTS),
                        WorkspaceVerbs::list));
        all.add(
                new Verb(
                        "delete",
                        "Delete a workspace.",
                        "farol workspace delete -n team --yes",
                        List.of(
                                NAME.mandatory(),
                                Flag.YES,
                                Flag.NO_WAIT,
                                Flag.on("Also what it stands on.", "--all-resources"),
                                Flag.on("Not to be brought back.", "--permanently-delete", "-p")),
                        WorkspaceVerbs::delete));
        for (String later : List.of("diagnose", "list-keys", "sync-keys", "provision-network")) {
            all.add(Later.verb("workspace", later, "this is not offered yet"));
        }
        return all;
    }

    /** The flag's workspace, the given one, or else the current one. */
    private static String path(Invocation in, @Nullable String given) {
        String flag = in.text("--name");
        String name = flag == null ? given : flag;
        var where = in.arm().connection();
        return name == null ? where.workspacePath() : where.groupPath() + "/workspaces/" + name;
    }

    private static void list(Invocation in) {
        var where = in.arm().connection();
        boolean group =
                in.text("--resource-group") != null || Defaults.of(in.home()).get("group") != null;
        String path =
                group
                        ? where.groupPath()
                        : "/subscriptions/"
                                + where.subscription()
                                + "/providers/Microsoft.MachineLearningServices";
        int most = in.whole("--max-results", Integer.MAX_VALUE);
        in.print(
                in.arm().list(most, path + "/workspaces", Versions.WORKSPACE).stream()
                        .map(WorkspaceView::of)
                        .toList());
    }

    private static Definition flags(Definition definition) {
        return definition
                .flag("--name", "name")
                .flag("--location", "location")
                .flag("--display-name", "display_name")
                .flag("--description", "description")
                .tags();
    }

    private static void create(Invocation in) {
        Map<String, @Nullable Object> values =
                flags(Definition.fresh(in)).checked(AssetSchemas.WORKSPACE);
        String configured = Defaults.of(in.home()).get("location");
        String location = Tree.textOr(values, "location", configured == null ? "" : configured);
        Map<String, @Nullable Object> body =
                Tree.of(
                        "location",
                        location.isEmpty() ? in.location() : location,
                        "tags",
                        Tree.map(values, "tags"),
                        "identity",
                        EndpointBody.identity(values),
                        "properties",
                        properties(values));
        String path = path(in, Tree.textOr(values, "name", ""));
        finish(in, path, in.arm().put(path, Versions.WORKSPACE, body));
    }

    private static void update(Invocation in) {
        String named =
                in.text("--name") != null || in.text("--file") == null
                        ? null
                        : Tree.text(
                                flags(Definition.fresh(in)).checked(AssetSchemas.WORKSPACE),
                                "name");
        String path = path(in, named);
        Object present = in.arm().get(path, Versions.WORKSPACE).body();
        Map<String, @Nullable Object> values =
                flags(Definition.changing(in, WorkspaceView.of(present)))
                        .checked(AssetSchemas.WORKSPACE);
        Map<String, @Nullable Object> body =
                Tree.of("tags", Tree.map(values, "tags"), "properties", properties(values));
        finish(in, path, in.arm().patch(path, Versions.WORKSPACE, body));
    }

    private static Map<String, @Nullable Object> properties(Map<String, @Nullable Object> values) {
        Map<String, @Nullable Object> properties = Tree.of();
        Map<String, String> wire =
                Map.of(
                        "description", "description",
                        "display_name", "friendlyName",
                        "hbi_workspace", "hbiWorkspace",
                        "public_network_access", "publicNetworkAccess",
                        "storage_account", "storageAccount",
                        "container_registry", "containerRegistry",
                        "key_vault", "keyVault",
                        "application_insights", "applicationInsights",
                        "image_build_compute", "imageBuildCompute",
                        "primary_user_assigned_identity", "primaryUserAssignedIdentity");
        wire.forEach(
                (key, name) -> {
                    Object value = values.get(key);
                    if (value != null) {
                        properties.put(name, value);
                    }
                });
        return properties;
    }

    private static void finish(Invocation in, String path, ArmAnswer accepted) {
        if (in.wait(accepted, "farol workspace list")) {
            in.print(WorkspaceView.of(in.arm().get(path, Versions.WORKSPACE).body()));
        }
    }

    private static void delete(Invocation in) {
        String path = path(in, null);
        in.confirm();
        String purge = in.has("--permanently-delete") ? "forceToPurge=true" : "forceToPurge=false";
        in.wait(in.arm().delete(path, Versions.WORKSPACE, purge), "farol workspace list");
    }
}
