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
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE),
                        ModelVerbs::create),
                SHARED.show(),
                SHARED.list());
    }

    private static void create(Invocation in) {
        Map<String, @Nullable Object> values =
                Definition.fresh(in)
                        .flag("--name", "name")
                        .flag("--version", "version")
                        .flag("--path", "path")
                        .flag("--type", "type")
                        .flag("--description", "description")
                        .checked(Schemas.MODEL);
        Object made = new ModelVersion(in.arm()).create(values);
        in.print(AssetViews.model(made, Tree.textOr(values, "name", AssetVerbs.name(made))));
    }
}
