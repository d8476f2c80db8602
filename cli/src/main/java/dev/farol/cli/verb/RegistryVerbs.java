package dev.farol.cli.verb;

import dev.farol.cli.arm.Versions;
import java.util.List;

/** The verbs of registries. */
final class RegistryVerbs {
    private RegistryVerbs() {}

    static List<Verb> all() {
        Flag name = Flag.text("NAME", "The registry.", "--name", "-n", "--registry-name");
        return List.of(
                new Verb(
                        "show",
                        "Show a registry.",
                        "farol registry show -n local",
                        List.of(name.mandatory()),
                        in ->
                                in.print(
                                        WorkspaceView.registry(
                                                in.arm()
                                                        .get(
                                                                registries(in)
                                                                        + "/"
                                                                        + in.given("--name"),
                                                                Versions.REGISTRY)
                                                        .body()))),
                new Verb(
                        "list",
                        "List the registries.",
                        "farol registry list -o table",
                        List.of(Flag.MAX_RESULTS),
                        in ->
                                in.print(
                                        in
                                                .arm()
                                                .list(
                                                        in.whole("--max-results", 10_000),
                                                        registries(in),
                                                        Versions.REGISTRY)
                                                .stream()
                                                .map(WorkspaceView::registry)
                                                .toList())),
                later("create"),
                later("update"),
                later("delete"));
    }

    private static Verb later(String verb) {
        return Later.verb("registry", verb, "the registries are those that Farol brings");
    }

    private static String registries(Invocation in) {
        return in.arm().connection().groupPath() + "/registries";
    }
}
