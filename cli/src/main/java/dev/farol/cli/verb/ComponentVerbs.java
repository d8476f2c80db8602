package dev.farol.cli.verb;

import dev.farol.cli.arm.Versions;
import dev.farol.cli.asset.ComponentVersion;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.AssetSchemas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of components: steps that jobs will run. */
final class ComponentVerbs {
    private static final AssetVerbs SHARED =
            new AssetVerbs("component", "/components", Versions.COMPONENT, AssetViews::component);

    private ComponentVerbs() {}

    static List<Verb> all() {
        return List.of(
                new Verb(
                        "create",
                        "Register a component.",
                        "farol component create -f train.yml",
                        List.of(
                                Flag.FILE.mandatory(),
                                AssetVerbs.NAME,
                                AssetVerbs.VERSION,
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE,
                                Flag.REGISTRY),
                        ComponentVerbs::create),
                SHARED.update(AssetSchemas.COMPONENT),
                SHARED.show(),
                SHARED.list(),
                SHARED.archive(),
                SHARED.restore(),
                Later.verb("component", "validate", "jobs are not offered yet"));
    }

    private static void create(Invocation in) {
        Map<String, @Nullable Object> values =
                Definition.fresh(in)
                        .flag("--name", "name")
                        .flag("--version", "version")
                        .checked(AssetSchemas.COMPONENT);
        var made = new ComponentVersion(in.arm(), in.scope()).create(values);
        SHARED.made(in, made, Tree.text(values, "name"));
    }
}
