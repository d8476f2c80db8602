package dev.farol.cli.verb;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmAnswer;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.asset.Assets;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.yaml.Schemas;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of online deployments. */
final class DeploymentVerbs {
    private static final Flag NAME = Flag.text("NAME", "The deployment.", "--name", "-n");
    private static final Flag ENDPOINT =
            Flag.text("NAME", "Its endpoint.", "--endpoint-name", "--endpoint", "-e");
    private static final Flag SKIP = Flag.on("Accepted for scripts.", "--skip-script-validation");

    private static final Flag PACKAGE = Flag.on("Not offered yet.", "--package-model");

    private DeploymentVerbs() {}

    static List<Verb> all() {
        return List.of(
                new Verb(
                        "create",
                        "Create a deployment, or replace one.",
                        "farol online-deployment create -f blue-deployment.yml --all-traffic",
                        List.of(
                                Flag.FILE.mandatory(),
                                NAME,
                                ENDPOINT,
                                Flag.on(
                                        "Send all traffic to it when it is ready.",
                                        "--all-traffic"),
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE,
                                Flag.NO_WAIT,
                                SKIP,
                                PACKAGE,
                                Flag.LOCAL,
                                Flag.DEBUG),
                        DeploymentVerbs::create),
                new Verb(
                        "update",
                        "Change a deployment.",
                        "farol online-deployment update -n blue -e credit --set instance_count=2",
                        List.of(
                                Flag.FILE,
                                NAME,
                                ENDPOINT,
                                Flag.SET,
                                Flag.ADD,
                                Flag.REMOVE,
                                Flag.NO_WAIT,
                                SKIP,
                                Flag.LOCAL,
                                Flag.DEBUG),
                        DeploymentVerbs::update),
                new Verb(
                        "restart",
                        "Replace the instances by new ones, without losing a request.",
                        "farol online-deployment restart -n blue -e credit",
                        List.of(NAME.mandatory(), ENDPOINT.mandatory(), Flag.NO_WAIT, Flag.LOCAL),
                        DeploymentVerbs::restart),
                new Verb(
                        "show",
                        "Show a deployment.",
                        "farol online-deployment show -n blue -e credit",
                        List.of(NAME.mandatory(), ENDPOINT.mandatory(), Flag.LOCAL),
                        DeploymentVerbs::show),
                new Verb(
                        "list",
                        "List the deployments of an endpoint.",
                        "farol online-deployment list -e credit -o table",
                        List.of(ENDPOINT.mandatory(), Flag.LOCAL),
                        DeploymentVerbs::list),
                new Verb(
                        "delete",
                        "Delete a deployment that has no traffic.",
                        "farol online-deployment delete -n blue -e credit --yes",
                        List.of(
                                NAME.mandatory(),
                                ENDPOINT.mandatory(),
                                Flag.YES,
                                Flag.NO_WAIT,
                                Flag.LOCAL),
                        DeploymentVerbs::delete),
                Logs.verb(NAME, ENDPOINT));
    }

    static String path(String endpoint, String name) {
        return EndpointVerbs.path(endpoint) + "/deployments/" + name;
    }

    private static String look(String endpoint, String name) {
        return "farol online-deployment show -n " + name + " -e " + endpoint;
    }

    static Definition named(Definition definition) {
        return definition.flag("--name", "name").flag("--endpoint-name", "endpoint_name");
    }

    private static void create(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).createDeployment();
            return;
        }
        if (in.has("--package-model")) {
            throw CommandFailed.failed("--package-model: model packages are not offered yet.");
        }
        boolean allTraffic = in.has("--all-traffic");
        if (allTraffic && in.has("--no-wait")) {
            throw Invocation.usage(
                    "--all-traffic waits until the deployment is ready: leave --no-wait out");
        }
        Map<String, @Nullable Object> values =
                named(Definition.fresh(in)).checked(Schemas.DEPLOYMENT);
        String endpoint = Tree.textOr(values, "endpoint_name", "");
        in.arm().get(EndpointVerbs.path(endpoint), Versions.DEPLOYMENT);
        put(in, values, allTraffic);
    }

    /** The deployment that a command means, by its flags or by its file. */
    record Which(String endpoint, String name) {
        static Which of(Invocation in) {
            String name = in.text("--name");
            String endpoint = in.text("--endpoint-name");
            if (name != null && endpoint != null) {
                return new Which(endpoint, name);
            }
            if (in.text("--file") == null) {
                throw Invocation.usage("--name and --endpoint-name, or --file, are missing");
            }
            Map<String, @Nullable Object> file =
                    named(Definition.fresh(in)).checked(Schemas.DEPLOYMENT);
            return new Which(Tree.textOr(file, "endpoint_name", ""), Tree.textOr(file, "name", ""));
        }
    }

    private static void update(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).updateDeployment();
            return;
        }
        Which which = Which.of(in);
        String endpoint = which.endpoint();
        String name = which.name();
        Object present = in.arm().get(path(endpoint, name), Versions.DEPLOYMENT).body();
        put(
                in,
                named(Definition.changing(in, DeploymentView.of(present, endpoint)))
                        .checked(Schemas.DEPLOYMENT),
                false);
    }

    private static void put(
            Invocation in, Map<String, @Nullable Object> values, boolean allTraffic) {
        Arm arm = in.arm();
        String endpoint = Tree.textOr(values, "endpoint_name", "");
        String name = Tree.textOr(values, "name", "");
        var body = new DeploymentBody(values);
        Map<String, @Nullable Object> properties = body.properties(new Assets(arm));
        ArmAnswer accepted =
                arm.put(
                        path(endpoint, name),
                        Versions.DEPLOYMENT,
                        body.of(properties, in.location()));
        if (!in.wait(accepted, look(endpoint, name))) {
            return;
        }
        Object made = arm.get(path(endpoint, name), Versions.DEPLOYMENT).body();
        if (allTraffic) {
            EndpointVerbs.allTraffic(in, endpoint, name);
        }
        in.print(DeploymentView.of(made, endpoint));
    }

    private static void restart(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).restartDeployment();
            return;
        }
        String endpoint = in.given("--endpoint-name");
        String name = in.given("--name");
        Arm arm = in.arm();
        ArmAnswer accepted = arm.post(path(endpoint, name) + "/restart", Versions.DEPLOYMENT, null);
        if (in.wait(accepted, look(endpoint, name))) {
            Object restarted = arm.get(path(endpoint, name), Versions.DEPLOYMENT).body();
            in.print(DeploymentView.of(restarted, endpoint));
        }
    }

    private static void show(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).showDeployment();
            return;
        }
        String endpoint = in.given("--endpoint-name");
        Object resource =
                in.arm().get(path(endpoint, in.given("--name")), Versions.DEPLOYMENT).body();
        in.print(DeploymentView.of(resource, endpoint));
    }

    private static void list(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).listDeployments();
            return;
        }
        String endpoint = in.given("--endpoint-name");
        String path = EndpointVerbs.path(endpoint) + "/deployments";
        in.print(
                in.arm().list(path, Versions.DEPLOYMENT).stream()
                        .map(resource -> DeploymentView.of(resource, endpoint))
                        .toList());
    }

    private static void delete(Invocation in) {
        if (in.local()) {
            new LocalVerbs(in).deleteDeployment();
            return;
        }
        String endpoint = in.given("--endpoint-name");
        String name = in.given("--name");
        in.confirm();
        ArmAnswer accepted = in.arm().delete(path(endpoint, name), Versions.DEPLOYMENT);
        in.wait(accepted, look(endpoint, name));
    }
}
