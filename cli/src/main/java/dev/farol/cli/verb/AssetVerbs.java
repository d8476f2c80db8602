package dev.farol.cli.verb;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmAnswer;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Operation;
import dev.farol.cli.asset.Assets;
import dev.farol.cli.asset.Download;
import dev.farol.cli.asset.Scope;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.Schema;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What the verbs of all kinds of versions share.
 *
 * @param collection the path below the workspace, such as {@code /models}
 */
record AssetVerbs(String noun, String collection, String api, Shown shown) {
    static final Flag NAME = Flag.text("NAME", "The name.", "--name", "-n");
    static final Flag VERSION = Flag.text("VERSION", "The version.", "--version", "-v");
    static final Flag LABEL = Flag.text("LABEL", "latest.", "--label", "-l");
    private static final Flag ALL = Flag.on("Also those that are archived.", "--include-archived");
    private static final Flag ARCHIVED =
            Flag.on("Only those that are archived.", "--archived-only");
    private static final String ARCHIVE = "isArchived";

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
                List.of(NAME.mandatory(), VERSION, LABEL, Flag.REGISTRY),
                this::show);
    }

    Verb list() {
        return new Verb(
                "list",
                "List the names, or the versions of one.",
                "farol " + noun + " list -o table",
                List.of(NAME, Flag.MAX_RESULTS, ALL, ARCHIVED, Flag.REGISTRY),
                this::list);
    }

    Verb archive() {
        return archived("archive", "Hide a version, or all of a name, from lists.", true);
    }

    Verb restore() {
        return archived("restore", "Show in lists again what was archived.", false);
    }

    private Verb archived(String verb, String about, boolean archived) {
        return new Verb(
                verb,
                about,
                "farol " + noun + " " + verb + " -n credit --version 1",
                List.of(NAME.mandatory(), VERSION, LABEL, Flag.REGISTRY),
                in -> archive(in, archived));
    }

    /** Changes what a version says about itself; its content never changes. */
    Verb update(Schema schema) {
        return new Verb(
                "update",
                "Change the description, tags, properties or stage of a version.",
                "farol " + noun + " update -n credit --version 1 --set tags.team=risk",
                List.of(
                        NAME.mandatory(),
                        VERSION,
                        LABEL,
                        Flag.text("STAGE", "The stage of its life.", "--stage", "-s"),
                        Flag.SET,
                        Flag.ADD,
                        Flag.REMOVE,
                        Flag.REGISTRY),
                in -> update(in, schema));
    }

    Verb download(String field) {
        return new Verb(
                "download",
                "Bring the files of a version here.",
                "farol " + noun + " download -n credit --version 1 --download-path here",
                List.of(
                        NAME.mandatory(),
                        VERSION,
                        LABEL,
                        Flag.text("DIR", "Where to; here.", "--download-path", "-p"),
                        Flag.REGISTRY),
                in -> download(in, field));
    }

    /** Waits for what a registry does in its own time, and prints the version. */
    void made(Invocation in, ArmAnswer accepted, @Nullable String name) {
        Object resource = accepted.body();
        String look = "farol " + noun + " list";
        Operation.await(in.context(), in.arm(), accepted, look);
        if (accepted.status() == 202) {
            resource = in.arm().follow(accepted.url()).body();
        }
        in.print(shown.of(resource, name == null ? name(resource) : name));
    }

    private record Found(String path, @Nullable Object resource) {}

    private Found version(Invocation in, Scope scope) {
        String name = in.given("--name");
        String version = in.text("--version");
        String label = in.text("--label");
        if (version != null && label != null) {
            throw Invocation.usage("--version and --label are both given: leave one out");
        }
        if (version == null && label == null) {
            throw Invocation.usage("--version, or --label latest, is missing");
        }
        if (label != null && !label.equals("latest")) {
            throw Invocation.usage("--label: '" + label + "' is not known (expected: latest)");
        }
        String container = scope.path() + collection + "/" + name;
        String api = scope.api(this.api);
        if (version == null) {
            version = Assets.newest(in.arm(), container, api);
        }
        if (version == null) {
            throw new CommandFailed(3, "There is no " + noun + " named '" + name + "'");
        }
        String path = container + "/versions/" + version;
        return new Found(path, in.arm().get(path, api).body());
    }

    private void show(Invocation in) {
        in.print(shown.of(version(in, in.scope()).resource(), in.given("--name")));
    }

    private void list(Invocation in) {
        if (in.has("--include-archived") && in.has("--archived-only")) {
            throw Invocation.usage(
                    "--include-archived and --archived-only are both given: leave one out");
        }
        String view =
                in.has("--include-archived")
                        ? "All"
                        : in.has("--archived-only")
                                ? "ArchivedOnly"
                                : nameless() ? "All" : "ActiveOnly";
        Scope scope = in.scope();
        String name = in.text("--name");
        String path = scope.path() + collection + (name == null ? "" : "/" + name + "/versions");
        int most = in.whole("--max-results", Integer.MAX_VALUE);
        List<Object> found = in.arm().list(most, path, scope.api(api), "listViewType=" + view);
        var views = new ArrayList<Object>();
        for (Object resource : found) {
            views.add(name == null ? AssetViews.container(resource) : shown.of(resource, name));
        }
        in.print(views);
    }

    /** Code is named by no person: a list of what has a name would show none. */
    private boolean nameless() {
        return collection.equals("/codes");
    }

    private void archive(Invocation in, boolean archived) {
        Scope scope = in.scope();
        String container = scope.path() + collection + "/" + in.given("--name");
        boolean whole = in.text("--version") == null && in.text("--label") == null;
        Found found =
                whole
                        ? new Found(container, in.arm().get(container, scope.api(api)).body())
                        : version(in, scope);
        Map<String, @Nullable Object> properties = properties(found);
        properties.put(ARCHIVE, archived);
        put(in, scope, found, properties);
    }

    private static Map<String, @Nullable Object> properties(Found found) {
        Map<String, @Nullable Object> properties = Tree.map(found.resource(), "properties");
        properties.remove("provisioningState");
        properties.remove("latestVersion");
        properties.remove("nextVersion");
        return properties;
    }

    private ArmAnswer put(
            Invocation in, Scope scope, Found found, Map<String, @Nullable Object> properties) {
        Arm arm = in.arm();
        ArmAnswer accepted =
                arm.put(found.path(), scope.api(api), Tree.of("properties", properties));
        Operation.await(in.context(), arm, accepted, "farol " + noun + " list");
        return accepted;
    }

    private void update(Invocation in, Schema schema) {
        Scope scope = in.scope();
        String name = in.given("--name");
        Found found = version(in, scope);
        Map<String, @Nullable Object> view = shown.of(found.resource(), name);
        Map<String, @Nullable Object> before = Definition.present(view, schema);
        Map<String, @Nullable Object> after =
                Definition.changing(in, view).flag("--stage", "stage").checked(schema);
        Map<String, @Nullable Object> properties = properties(found);
        for (String key : List.of("description", "tags", "properties", "stage")) {
            if (after.containsKey(key) || before.containsKey(key)) {
                properties.put(key, after.get(key));
            }
            before.remove(key);
            after.remove(key);
        }
        if (!before.equals(after)) {
            var changed = new ArrayList<>(after.keySet());
            changed.removeIf(key -> Objects.equals(after.get(key), before.get(key)));
            throw CommandFailed.failed(
                    "The content of a version never changes: "
                            + String.join(", ", changed)
                            + "\nMake a new version with: farol "
                            + noun
                            + " create");
        }
        put(in, scope, found, properties);
        in.print(shown.of(in.arm().get(found.path(), scope.api(api)).body(), name));
    }

    private void download(Invocation in, String field) {
        String name = in.given("--name");
        Found found = version(in, in.scope());
        String uri = Tree.text(found.resource(), "properties", field);
        if (uri == null) {
            throw CommandFailed.failed("The version does not say where its files are.");
        }
        Path folder = in.file(in.text("--download-path", ".")).resolve(name);
        int files = new Download(in.arm()).to(folder, uri);
        in.note("Downloaded " + files + (files == 1 ? " file to " : " files to ") + folder);
    }

    /** The name in the id of an answered version; empty when there is no id. */
    static String name(@Nullable Object resource) {
        String[] parts = Tree.textOr(resource, "id", "").split("/", -1);
        return parts.length < 3 ? "" : parts[parts.length - 3];
    }
}
