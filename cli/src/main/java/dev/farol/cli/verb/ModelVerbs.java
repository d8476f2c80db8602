package dev.farol.cli.verb;

import dev.farol.cli.arm.Versions;
import dev.farol.cli.asset.ModelVersion;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.Schemas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of models. */
final class ModelVerbs {
    private static final AssetVerbs SHARED =
            new AssetVerbs("model", "/models", Versions.MODEL, AssetViews::model);

    private ModelVerbs() {}

    static List<Verb> all() {
        return List.of(
                new Verb(
                        "create",
                        "Register a model.",
                        "farol model create -n credit --path model/ --type custom_model",
                        List.of(
                                Flag.FILE,
                                AssetVerbs.NAME,
                                AssetVerbs.VERSION,
                                Flag.text("PATH", "A file or folder.", "--path", "-p"),
                                Flag.text(
                                        "TYPE",
                                        "custom_model, mlflow_model or triton_model.",
                                        "--type",
                                        "-t"),
                                Flag.text("TEXT", "The description.", "--description", "-d"),
                                Flag.text("STAGE", "The stage of its life.", "--stage", "-s"),
                                Flag.text("NAME", "Where to upload to.", "--datastore"),
                                Flag.TAGS,
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE,
                                Flag.REGISTRY),
                        ModelVerbs::create),
                SHARED.update(Schemas.MODEL),
                SHARED.show(),
                SHARED.list(),
                SHARED.archive(),
                SHARED.restore(),
                SHARED.download("modelUri"),
                Later.verb("model", "share", "sharing with a registry is not offered yet"),
                Later.verb("model", "package", "model packages are not offered yet"));
    }

    private static void create(Invocation in) {
        Map<String, @Nullable Object> values =
                Definition.fresh(in)
                        .flag("--name", "name")
                        .flag("--version", "version")
                        .flag("--path", "path")
                        .flag("--type", "type")
                        .flag("--description", "description")
                        .flag("--stage", "stage")
                        .flag("--datastore", "datastore")
                        .tags()
                        .checked(Schemas.MODEL);
        var made = new ModelVersion(in.arm(), in.scope()).create(values);
        SHARED.made(in, made, Tree.text(values, "name"));
    }
}
