package dev.farol.cli.verb;

import dev.farol.cli.arm.Versions;
import dev.farol.cli.asset.DataVersion;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.AssetSchemas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of data. */
final class DataVerbs {
    private static final AssetVerbs SHARED =
            new AssetVerbs("data", "/data", Versions.DATA, AssetViews::data);

    private DataVerbs() {}

    static List<Verb> all() {
        return List.of(
                new Verb(
                        "create",
                        "Register data.",
                        "farol data create -n rows --path rows.csv --type uri_file",
                        List.of(
                                Flag.FILE,
                                AssetVerbs.NAME,
                                AssetVerbs.VERSION,
                                Flag.text("PATH", "A file, folder or URI.", "--path", "-p"),
                                Flag.text(
                                        "TYPE",
                                        "uri_folder (default), uri_file or mltable.",
                                        "--type",
                                        "-t"),
                                Flag.text("TEXT", "The description.", "--description", "-d"),
                                Flag.text("NAME", "Where to upload to.", "--datastore"),
                                Flag.on("Accepted for scripts.", "--skip-validation"),
                                Flag.TAGS,
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE,
                                Flag.REGISTRY),
                        DataVerbs::create),
                SHARED.update(AssetSchemas.DATA),
                SHARED.show(),
                SHARED.list(),
                SHARED.archive(),
                SHARED.restore(),
                Later.verb("data", "import", "imports run as jobs, which are not offered yet"),
                Later.verb(
                        "data",
                        "list-materialization-status",
                        "imports run as jobs, which are not offered yet"),
                Later.verb("data", "mount", "mounting is not offered"),
                Later.verb("data", "share", "sharing with a registry is not offered yet"));
    }

    private static void create(Invocation in) {
        Map<String, @Nullable Object> values =
                Definition.fresh(in)
                        .flag("--name", "name")
                        .flag("--version", "version")
                        .flag("--path", "path")
                        .flag("--type", "type")
                        .flag("--description", "description")
                        .flag("--datastore", "datastore")
                        .tags()
                        .checked(AssetSchemas.DATA);
        var made = new DataVersion(in.arm(), in.scope()).create(values);
        SHARED.made(in, made, Tree.text(values, "name"));
    }
}
