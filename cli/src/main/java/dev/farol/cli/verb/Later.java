package dev.farol.cli.verb;

import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.yaml.LaterSchemas;
import dev.farol.cli.yaml.Schema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The groups and verbs of {@code az ml} that are not offered yet. A script that uses one is told
 * so, not that it is misspelt; a definition that comes along is checked first.
 */
final class Later {
    private static final Map<String, Schema> DEFINED =
            Map.of(
                    "batch-endpoint",
                    LaterSchemas.BATCH_ENDPOINT,
                    "batch-deployment",
                    LaterSchemas.BATCH_DEPLOYMENT,
                    "serverless-endpoint",
                    LaterSchemas.SERVERLESS_ENDPOINT,
                    "marketplace-subscription",
                    LaterSchemas.MARKETPLACE_SUBSCRIPTION,
                    "model package",
                    LaterSchemas.MODEL_PACKAGE);

    static final List<Noun> NOUNS =
            List.of(
                    noun(
                            "batch-endpoint",
                            "batch endpoints",
                            "create update show list delete invoke list-jobs"),
                    noun(
                            "batch-deployment",
                            "batch deployments",
                            "create update show list delete list-jobs"),
                    noun(
                            "job",
                            "jobs",
                            "create update show list cancel stream download archive restore"
                                    + " validate show-services connect-ssh"),
                    noun(
                            "serverless-endpoint",
                            "serverless endpoints",
                            "create update show list delete get-credentials"
                                    + " regenerate-credentials"),
                    noun(
                            "marketplace-subscription",
                            "marketplace subscriptions",
                            "create show list delete"),
                    noun(
                            "schedule",
                            "schedules",
                            "create update show list delete enable disable trigger"),
                    noun("connection", "connections", "create update show list delete"),
                    noun("index", "indexes", "create show list archive restore"),
                    noun("feature-set", "feature sets", "create update show list backfill"),
                    noun("feature-store", "feature stores", "create update show list delete"),
                    noun("feature-store-entity", "feature stores", "create update show list"));

    private Later() {}

    private static Noun noun(String name, String what, String verbs) {
        return new Noun(
                name,
                "Not offered yet.",
                () -> {
                    var all = new ArrayList<Verb>();
                    for (String verb : verbs.split(" ")) {
                        all.add(verb(name, verb, what + " are not offered yet"));
                    }
                    return all;
                },
                true);
    }

    /**
     * @param why a sentence without its end, such as {@code jobs are not offered yet}
     */
    static Verb verb(String noun, String name, String why) {
        return new Verb(
                name,
                "Not offered yet.",
                "farol " + noun + " " + name,
                List.of(Flag.FILE),
                in -> {
                    checked(in, noun, name);
                    throw CommandFailed.failed("farol " + noun + " " + name + ": " + why + ".");
                },
                true);
    }

    private static void checked(Invocation in, String noun, String name) {
        Schema schema = DEFINED.get(noun);
        schema = schema == null ? DEFINED.get(noun + " " + name) : schema;
        if (schema != null && in.text("--file") != null) {
            Map<String, @Nullable Object> values =
                    Definition.fresh(in)
                            .flag("--name", "name")
                            .flag("--endpoint-name", "endpoint_name")
                            .checked(schema);
            in.note("The definition is right (" + values.size() + " keys), and nothing was sent.");
        }
    }
}
