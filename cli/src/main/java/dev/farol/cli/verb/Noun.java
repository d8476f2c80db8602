package dev.farol.cli.verb;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * A noun and its verbs.
 *
 * @param verbs only asked for when the command line names the noun, or for the help of everything
 * @param later whether all of it comes later, so that no help offers it
 */
public record Noun(String name, String about, Supplier<List<Verb>> verbs, boolean later) {
    static final List<Noun> OFFERED =
            List.of(
                    noun(
                            "online-endpoint",
                            "Endpoints: a stable URL with authentication and traffic.",
                            EndpointVerbs::all),
                    noun(
                            "online-deployment",
                            "Deployments: a model with its code, environment and instances.",
                            DeploymentVerbs::all),
                    noun("model", "Registered models.", ModelVerbs::all),
                    noun("environment", "Registered environments.", EnvironmentVerbs::all),
                    noun("data", "Registered data.", DataVerbs::all),
                    noun("component", "Registered components.", ComponentVerbs::all),
                    noun("code", "Uploaded code.", CodeVerbs::all),
                    noun("datastore", "Where the workspace keeps files.", DatastoreVerbs::all),
                    noun("compute", "What deployments can run on.", ComputeVerbs::all),
                    noun("registry", "Assets that workspaces share.", RegistryVerbs::all),
                    noun("workspace", "Workspaces.", WorkspaceVerbs::all),
                    noun("account", "Subscriptions, and tokens for scripts.", AccountVerbs::all),
                    noun("role", "Who may do what.", RoleVerbs::all));

    static final List<Noun> ALL = all();

    private static List<Noun> all() {
        var all = new ArrayList<>(OFFERED);
        all.addAll(Later.NOUNS);
        return List.copyOf(all);
    }

    private static Noun noun(String name, String about, Supplier<List<Verb>> verbs) {
        return new Noun(name, about, verbs, false);
    }

    /** Verbs without a noun. */
    static final List<String> SINGLE = List.of("configure", "rest");

    /** One of those; made when it is asked for, because making it costs a part of the start. */
    static Optional<Verb> single(String name) {
        return switch (name) {
            case "configure" -> Optional.of(Configure.verb());
            case "rest" -> Optional.of(Rest.verb());
            default -> Optional.empty();
        };
    }
}
