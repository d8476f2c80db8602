package dev.farol.cli.verb;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmAnswer;
import dev.farol.cli.arm.Operation;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.Schemas;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of online endpoints. */
final class EndpointVerbs {
    private static final Flag NAME = Flag.text("NAME", "The endpoint.", "--name", "-n");
    private static final Flag TRAFFIC =
            Flag.words("NAME=PERCENT", "The split: blue=90 green=10.", "--traffic");
    private static final Flag MIRROR =
            Flag.words("NAME=PERCENT", "A copy of the traffic: green=10.", "--mirror-traffic");
    private static final Flag AUTH_MODE =
            Flag.text("MODE", "key, aml_token or aad_token.", "--auth-mode");

    private EndpointVerbs() {}

    static List<Verb> all() {
        return List.of(
                new Verb(
                        "create",
                        "Create an endpoint, or replace one.",
                        "farol online-endpoint create -f endpoint.yml",
                        List.of(
                                Flag.FILE,
                                NAME,
                                AUTH_MODE,
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE,
                                Flag.NO_WAIT,
                                Flag.LOCAL),
                        EndpointVerbs::create),
                new Verb(
                        "update",
                        "Change an endpoint: its traffic, tags, description.",
                        "farol online-endpoint update -n credit --traffic \"blue=90 green=10\"",
                        List.of(
                                Flag.FILE,
                                NAME,
                                TRAFFIC,
                                MIRROR,
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE,
                                Flag.NO_WAIT,
                                Flag.LOCAL),
                        EndpointVerbs::update),
                new Verb(
                        "show",
                        "Show an endpoint.",
                        "farol online-endpoint show -n credit --query scoring_uri -o tsv",
                        List.of(NAME.mandatory(), Flag.LOCAL),
                        EndpointVerbs::show),
                new Verb(
                        "list",
                        "List the endpoints.",
                        "farol online-endpoint list -o table",
                        List.of(Flag.LOCAL),
                        EndpointVerbs::list),
                new Verb(
                        "delete",
                        "Delete an endpoint and its deployments.",
                        "farol online-endpoint delete -n credit --yes",
                        List.of(NAME.mandatory(), Flag.YES, Flag.NO_WAIT, Flag.LOCAL),
                        EndpointVerbs::delete),
                Scoring.invoke(NAME),
                Scoring.getCredentials(NAME),
                Scoring.regenerateKeys(NAME));
    }

    static String path(String name) {
        return "/onlineEndpoints/" + name;
    }

    private static void create(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).createEndpoint();
            return;
        }
        Map<String, @Nullable Object> values =
                Definition.fresh(in)
                        .flag("--name", "name")
                        .flag("--auth-mode", "auth_mode")
                        .checked(Schemas.ENDPOINT);
        put(in, values);
    }

    private static void update(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).updateEndpoint();
            return;
        }
        String name = in.text("--name");
        if (name == null) {
            Object named = Definition.fresh(in).checked(Schemas.ENDPOINT).get("name");
            name = String.valueOf(named);
        }
        Object present = in.arm().get(path(name), Versions.ENDPOINT).body();
        Map<String, @Nullable Object> values =
                Definition.changing(in, EndpointView.of(present, List.of()))
                        .flag("--name", "name")
                        .shares("--traffic", "traffic")
                        .shares("--mirror-traffic", "mirror_traffic")
                        .checked(Schemas.ENDPOINT);
        put(in, values);
    }

    private static void put(Invocation in, Map<String, @Nullable Object> values) {
        String name = Tree.textOr(values, "name", "");
        ArmAnswer accepted =
                in.arm().put(path(name), Versions.ENDPOINT, EndpointBody.of(values, in.location()));
        if (in.wait(accepted, "farol online-endpoint show -n " + name)) {
            Object made = in.arm().get(path(name), Versions.ENDPOINT).body();
            in.print(EndpointView.of(made, List.of()));
        }
    }

    /** Sends all traffic to one deployment and waits until it is so. */
    static void allTraffic(Invocation in, String endpoint, String deployment) {
        Arm arm = in.arm();
        Object present = arm.get(path(endpoint), Versions.ENDPOINT).body();
        Map<String, @Nullable Object> values =
                Definition.present(EndpointView.of(present, List.of()), Schemas.ENDPOINT);
        values.put("traffic", Tree.of(deployment, 100));
        String location = Tree.textOr(present, "location", "local");
        ArmAnswer accepted =
                arm.put(path(endpoint), Versions.ENDPOINT, EndpointBody.of(values, location));
        Operation.await(in.context(), arm, accepted, "farol online-endpoint show -n " + endpoint);
    }

    private static void show(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).showEndpoint();
            return;
        }
        String path = path(in.given("--name"));
        Object resource = in.arm().get(path, Versions.ENDPOINT).body();
        in.print(EndpointView.of(resource, deployments(in.arm(), path)));
    }

    private static List<String> deployments(Arm arm, String path) {
        var names = new ArrayList<String>();
        for (Object deployment : arm.list(path + "/deployments", Versions.ENDPOINT)) {
            names.add(Tree.textOr(deployment, "name", ""));
        }
        return names;
    }

    private static void list(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).listEndpoints();
            return;
        }
        in.print(
                in.arm().list("/onlineEndpoints", Versions.ENDPOINT).stream()
                        .map(resource -> EndpointView.of(resource, List.of()))
                        .toList());
    }

    private static void delete(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).deleteEndpoint();
            return;
        }
        String name = in.given("--name");
        in.confirm();
        ArmAnswer accepted = in.arm().delete(path(name), Versions.ENDPOINT);
        in.wait(accepted, "farol online-endpoint show -n " + name);
    }
}
