package dev.farol.cli.verb;

import dev.farol.cli.arm.Versions;
import dev.farol.cli.asset.EnvironmentVersion;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.Schemas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of environments. */
final class EnvironmentVerbs {
    private static final AssetVerbs SHARED =
            new AssetVerbs(
                    "environment", "/environments", Versions.ENVIRONMENT, AssetViews::environment);

    private EnvironmentVerbs() {}

    static List<Verb> all() {
        return List.of(
                new Verb(
                        "create",
                        "Register an environment.",
                        "farol environment create -n sklearn --conda-file conda.yaml",
                        List.of(
                                Flag.FILE,
                                AssetVerbs.NAME,
                                AssetVerbs.VERSION,
                                Flag.text("IMAGE", "The base image.", "--image", "-i"),
                                Flag.text("FILE", "The conda file.", "--conda-file", "-c"),
                                Flag.text("TEXT", "The description.", "--description", "-d"),
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE),
                        EnvironmentVerbs::create),
                SHARED.show(),
                SHARED.list());
    }

    private static void create(Invocation in) {
        Map<String, @Nullable Object> values =
                Definition.fresh(in)
                        .flag("--name", "name")
                        .flag("--version", "version")
                        .flag("--image", "image")
                        .flag("--conda-file", "conda_file")
                        .flag("--description", "description")
                        .checked(Schemas.ENVIRONMENT);
        Object made = new EnvironmentVersion(in.arm()).create(values);
        in.print(AssetViews.environment(made, Tree.textOr(values, "name", AssetVerbs.name(made))));
    }
}
