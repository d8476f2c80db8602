package dev.farol.cli.verb;

import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.doc.Tree;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the verbs of models and environments share: show and list.
 *
 * @param collection the path below the workspace, such as {@code /models}
 */
record AssetVerbs(String noun, String collection, String api, Shown shown) {
    static final Flag NAME = Flag.text("NAME", "The name.", "--name", "-n");
    static final Flag VERSION = Flag.text("VERSION", "The version.", "--version", "-v");
    private static final Flag LABEL = Flag.text("LABEL", "latest.", "--label", "-l");

    /** The view of a version. */
    @FunctionalInterface
    interface Shown {
        Map<String, @Nullable Object> of(@Nullable Object resource, String name);
    }

    Verb show() {
        return new Verb(
                "show",
                "Show a version.",
                "farol " + noun + " show -n credit --label latest",
                List.of(NAME.mandatory(), VERSION, LABEL),
                this::show);
    }

    Verb list() {
        return new Verb(
                "list",
                "List the names, or the versions of one.",
                "farol " + noun + " list -o table",
                List.of(NAME),
                this::list);
    }

    private void show(Invocation in) {
        String name = in.given("--name");
        String version = in.text("--version");
        if (version == null && !in.text("--label", "").equals("latest")) {
            throw Invocation.usage("--version, or --label latest, is missing");
        }
        String versions = collection + "/" + name + "/versions";
        Object found;
        if (version != null) {
            found = in.arm().get(versions + "/" + version, api).body();
        } else {
            Object page =
                    in.arm().get(versions, api, "$orderBy=createdtime%20desc", "$top=1").body();
            List<?> newest = Tree.list(page, "value");
            if (newest.isEmpty()) {
                throw new CommandFailed(3, "There is no " + noun + " named '" + name + "'");
            }
            found = newest.getFirst();
        }
        in.print(shown.of(found, name));
    }

    private void list(Invocation in) {
        String name = in.text("--name");
        List<?> found =
                name == null
                        ? in.arm().list(collection, api).stream()
                                .map(AssetViews::container)
                                .toList()
                        : in.arm().list(collection + "/" + name + "/versions", api).stream()
                                .map(version -> shown.of(version, name))
                                .toList();
        in.print(found);
    }

    /** The name in the id of an answered version; the name that was given when there is no id. */
    static String name(@Nullable Object resource) {
        String[] parts = Tree.textOr(resource, "id", "").split("/", -1);
        return parts.length < 3 ? "" : parts[parts.length - 3];
    }
}
