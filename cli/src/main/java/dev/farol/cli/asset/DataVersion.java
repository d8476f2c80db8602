package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmAnswer;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Makes a data version of a checked definition, with its files where they are local. */
public final class DataVersion {
    /** Data is named by its datastore in the workspace, whichever that is. */
    private static final String SHORT = "azureml://datastores/";

    private final Arm arm;
    private final Scope scope;

    public DataVersion(Arm arm, Scope scope) {
        this.arm = arm;
        this.scope = scope;
    }

    /** The version as the service answers it. */
    public ArmAnswer create(Object definition) {
        String name = Tree.textOr(definition, "name", "");
        String api = scope.api(Versions.DATA);
        String version = Assets.version(arm, definition, scope.path() + "/data/" + name, api);
        String target = "/data/" + name + "/versions/" + version;
        Map<String, @Nullable Object> properties =
                Tree.of(
                        "dataType",
                        Tree.textOr(definition, "type", "uri_folder"),
                        "dataUri",
                        uri(definition, target, name, version),
                        "isAnonymous",
                        false,
                        "isArchived",
                        false,
                        "properties",
                        Tree.map(definition, "properties"),
                        "tags",
                        Tree.map(definition, "tags"));
        ModelVersion.copy(definition, "description", properties, "description");
        return arm.put(scope.path() + target, api, Tree.of("properties", properties));
    }

    private String uri(Object definition, String target, String name, String version) {
        Object path = Tree.at(definition, "path");
        if (!(path instanceof Path files)) {
            return String.valueOf(path);
        }
        LocalFiles local = LocalFiles.of(files);
        String datastore = Tree.text(definition, "datastore");
        Uploads.Place place = new Uploads(arm, scope).send(local, target, name, version, datastore);
        return place.uri().replaceFirst("^azureml://subscriptions/.*?/datastores/", SHORT);
    }
}
