package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmAnswer;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a model version of a checked definition, with its files where they are local. */
public final class ModelVersion {
    private final Arm arm;
    private final Scope scope;

    public ModelVersion(Arm arm, Scope scope) {
        this.arm = arm;
        this.scope = scope;
    }

    /** The version as the service answers it. A model without a name is named by its content. */
    public ArmAnswer create(Object definition) {
        Object path = Tree.at(definition, "path");
        LocalFiles local = path instanceof Path files ? LocalFiles.of(files) : null;
        String given = Tree.text(definition, "name");
        String name = given == null ? anonymous(definition, local) : given;
        String collection = scope.path() + "/models/" + name;
        String api = scope.api(Versions.MODEL);
        String newest = Assets.newest(arm, collection, api);
        String version = version(definition, given, newest);
        String target = "/models/" + name + "/versions/" + version;
        if (given == null && newest != null) {
            return arm.get(scope.path() + target, api);
        }
        String uri =
                local == null
                        ? Uploads.whole(arm.connection(), String.valueOf(path))
                        : new Uploads(arm, scope)
                                .send(
                                        local,
                                        target,
                                        name,
                                        version,
                                        Tree.text(definition, "datastore"))
                                .uri();
        return arm.put(
                scope.path() + target, api, Tree.of("properties", properties(definition, uri)));
    }

    private static String version(
            Object definition, @Nullable String given, @Nullable String newest) {
        String wanted = Tree.text(definition, "version");
        return given == null ? "1" : wanted == null ? Assets.next(newest) : wanted;
    }

    private static String anonymous(Object definition, @Nullable LocalFiles local) {
        Map<String, @Nullable Object> identity =
                local == null
                        ? Tree.of("files", String.valueOf(Tree.at(definition, "path")))
                        : Tree.of("files", local.hash(), "root", local.name());
        for (String key : new String[] {"type", "description", "tags", "properties", "flavors"}) {
            identity.put(key, Tree.at(definition, key));
        }
        return ContentHash.ofText(JsonText.compact(Tree.sorted(identity)));
    }

    private static Map<String, @Nullable Object> properties(Object definition, String uri) {
        Map<String, @Nullable Object> properties =
                Tree.of(
                        "properties",
                        Tree.map(definition, "properties"),
                        "tags",
                        Tree.map(definition, "tags"),
                        "isAnonymous",
                        Tree.text(definition, "name") == null,
                        "isArchived",
                        false,
                        "modelType",
                        Tree.textOr(definition, "type", "custom_model"),
                        "modelUri",
                        uri);
        copy(definition, "description", properties, "description");
        copy(definition, "stage", properties, "stage");
        copy(definition, "job_name", properties, "jobName");
        if (Tree.at(definition, "flavors") instanceof Map<?, ?> flavors) {
            Map<String, @Nullable Object> data = Tree.of();
            flavors.forEach((name, flavor) -> data.put(name.toString(), Tree.of("data", flavor)));
            properties.put("flavors", data);
        }
        return properties;
    }

    static void copy(Object from, String key, Map<String, @Nullable Object> to, String target) {
        Object value = Tree.at(from, key);
        if (value != null) {
            to.put(target, value);
        }
    }
}
