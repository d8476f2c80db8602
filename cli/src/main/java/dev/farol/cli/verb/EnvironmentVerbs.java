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
                                Flag.text(
                                        "DIR",
                                        "The folder of a Dockerfile.",
                                        "--build-context",
                                        "-b"),
                                Flag.text(
                                        "FILE",
                                        "The Dockerfile in that folder.",
                                        "--dockerfile-path",
                                        "-d"),
                                Flag.text("TEXT", "The description.", "--description"),
                                Flag.text("NAME", "Where to upload to.", "--datastore"),
                                Flag.TAGS,
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE,
                                Flag.REGISTRY),
                        EnvironmentVerbs::create),
                SHARED.update(Schemas.ENVIRONMENT),
                SHARED.show(),
                SHARED.list(),
                SHARED.archive(),
                SHARED.restore(),
                Later.verb("environment", "share", "sharing with a registry is not offered yet"));
    }

    private static void create(Invocation in) {
        Map<String, @Nullable Object> values =
                Definition.fresh(in)
                        .flag("--name", "name")
                        .flag("--version", "version")
                        .flag("--image", "image")
                        .flag("--conda-file", "conda_file")
                        .flag("--build-context", "build", "path")
                        .flag("--dockerfile-path", "build", "dockerfile_path")
                        .flag("--description", "description")
                        .flag("--datastore", "datastore")
                        .tags()
                        .checked(Schemas.ENVIRONMENT);
        var made = new EnvironmentVersion(in.arm(), in.scope()).create(values);
        SHARED.made(in, made, Tree.text(values, "name"));
    }
}
