package dev.farol.cli.verb;

import java.util.List;
import java.util.function.Supplier;

/**
 * A noun and its verbs.
 *
 * @param verbs only asked for when the command line names the noun, or for the help of everything
 */
public record Noun(String name, String about, Supplier<List<Verb>> verbs) {
    static final List<Noun> ALL =
            List.of(
                    new Noun(
                            "online-endpoint",
                            "Endpoints: a stable URL with authentication and traffic.",
                            EndpointVerbs::all),
                    new Noun(
                            "online-deployment",
                            "Deployments: a model with its code, environment and instances.",
                            DeploymentVerbs::all),
                    new Noun("model", "Registered models.", ModelVerbs::all),
                    new Noun("environment", "Registered environments.", EnvironmentVerbs::all),
                    new Noun("workspace", "The workspace.", WorkspaceVerbs::all));
}
