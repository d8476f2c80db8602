package dev.farol.cli.verb;

import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.AssetSchemas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of datastores. */
final class DatastoreVerbs {
    private static final Flag NAME = Flag.text("NAME", "The datastore.", "--name", "-n");

    private DatastoreVerbs() {}

    static List<Verb> all() {
        return List.of(
                new Verb(
                        "create",
                        "Say where more files are kept.",
                        "farol datastore create -f store.yml",
                        List.of(Flag.FILE.mandatory(), NAME, Flag.SET, Flag.ADD, Flag.REMOVE),
                        in -> {
                            Map<String, @Nullable Object> values =
                                    Definition.fresh(in)
                                            .flag("--name", "name")
                                            .checked(AssetSchemas.DATASTORE);
                            put(in, values, DatastoreBody.of(values));
                        }),
                new Verb(
                        "update",
                        "Change a datastore.",
                        "farol datastore update -n store --set description=ours",
                        List.of(NAME.mandatory(), Flag.FILE, Flag.SET, Flag.ADD, Flag.REMOVE),
                        DatastoreVerbs::update),
                new Verb(
                        "show",
                        "Show a datastore.",
                        "farol datastore show -n workspaceblobstore",
                        List.of(
                                NAME.mandatory(),
                                Flag.on("With its credentials.", "--include-secrets")),
                        DatastoreVerbs::show),
                new Verb(
                        "list",
                        "List the datastores.",
                        "farol datastore list -o table",
                        List.of(
                                Flag.MAX_RESULTS,
                                Flag.on("With their credentials.", "--include-secrets")),
                        DatastoreVerbs::list),
                new Verb(
                        "delete",
                        "Forget a datastore; its files stay.",
                        "farol datastore delete -n store --yes",
                        List.of(NAME.mandatory(), Flag.YES),
                        in -> {
                            String path = path(in.given("--name"));
                            in.arm().get(path, Versions.DATASTORE);
                            in.confirm();
                            in.arm().delete(path, Versions.DATASTORE);
                        }),
                Later.verb("datastore", "mount", "mounting is not offered"));
    }

    private static String path(String name) {
        return "/datastores/" + name;
    }

    private static void put(
            Invocation in,
            Map<String, @Nullable Object> values,
            Map<String, @Nullable Object> body) {
        String path = path(Tree.textOr(values, "name", ""));
        in.print(DatastoreBody.view(in.arm().put(path, Versions.DATASTORE, body).body(), null));
    }

    private static void update(Invocation in) {
        String path = path(in.given("--name"));
        Object present = in.arm().get(path, Versions.DATASTORE).body();
        Object secrets = in.arm().post(path + "/listSecrets", Versions.DATASTORE, null).body();
        Map<String, @Nullable Object> values =
                Definition.changing(in, DatastoreBody.view(present, secrets))
                        .flag("--name", "name")
                        .checked(AssetSchemas.DATASTORE);
        put(in, values, DatastoreBody.of(values));
    }

    private static Map<String, @Nullable Object> view(Invocation in, @Nullable Object store) {
        Object secrets = null;
        if (in.has("--include-secrets")) {
            String path = path(Tree.textOr(store, "name", ""));
            secrets = in.arm().post(path + "/listSecrets", Versions.DATASTORE, null).body();
        }
        return DatastoreBody.view(store, secrets);
    }

    private static void show(Invocation in) {
        Object store = in.arm().get(path(in.given("--name")), Versions.DATASTORE).body();
        in.print(view(in, store));
    }

    private static void list(Invocation in) {
        int most = in.whole("--max-results", Integer.MAX_VALUE);
        in.print(
                in.arm().list(most, "/datastores", Versions.DATASTORE).stream()
                        .map(store -> view(in, store))
                        .toList());
    }
}
