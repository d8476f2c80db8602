package dev.farol.app;

import dev.farol.control.ServicePrincipal;
import dev.farol.control.ServicePrincipal.FederatedCredential;
import dev.farol.control.ServicePrincipals;
import dev.farol.kit.Json;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code farol service-principal}: those that are no persons and may ask this Farol for tokens,
 * such as a CI. Works on the home itself, whether or not a server runs; a running one sees it at
 * once.
 */
@Command(
        name = "service-principal",
        description = "What may ask for tokens without being a person: a CI, a job.",
        footer = {"", "Example: farol service-principal create ci --role Contributor"})
final class ServicePrincipalCommand implements Runnable {
    /** The tenant that clients must name so that they ask nobody else first. */
    private static final String TENANT = "adfs";

    @Spec
    @SuppressWarnings("NullAway.Init") // picocli sets it before run()
    CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "what to do is missing (one of "
                        + String.join(", ", spec.subcommands().keySet())
                        + ")");
    }

    /** The flags of all. */
    static final class Place {
        @Option(
                names = "--home",
                paramLabel = "DIR",
                description = "The home folder; else FAROL_HOME, else ~/.farol.")
        @Nullable Path home;

        @Spec(Spec.Target.MIXEE)
        @SuppressWarnings("NullAway.Init") // picocli sets it
        CommandSpec spec;

        ServicePrincipals principals() {
            return ServicePrincipals.open(Home.of(home).identity(), InstantSource.system());
        }

        void note(String text) {
            spec.commandLine().getErr().println(text);
            spec.commandLine().getErr().flush();
        }

        void print(JsonNode json) {
            spec.commandLine().getOut().println(json.toPrettyString());
            spec.commandLine().getOut().flush();
        }
    }

    @Command(
            name = "create",
            description = "Make one and print its secret, which nobody can be told again.")
    int create(
            @Mixin Place place,
            @Parameters(paramLabel = "NAME", description = "What systemData shows.") String name,
            @Option(
                            names = "--days",
                            paramLabel = "N",
                            defaultValue = "365",
                            description = "How long the secret is good (default 365).")
                    int days,
            @Option(
                            names = "--role",
                            paramLabel = "ROLE",
                            description =
                                    "What it may do: a role by name or id, such as Contributor.")
                    @Nullable String role,
            @Option(
                            names = "--scopes",
                            paramLabel = "SCOPE",
                            arity = "1..*",
                            defaultValue = "/",
                            description = "Where it may do that (default: everywhere).")
                    List<String> scopes) {
        ServicePrincipals principals = place.principals();
        Duration life = life(place, days);
        if (role != null) {
            principals.requireRole(role);
        }
        var made = principals.create(name, life);
        if (role == null) {
            place.note(
                    name
                            + " may do nothing yet: give it a role with `farol role assignment"
                            + " create --assignee "
                            + name
                            + " --role Contributor`.");
        } else {
            scopes.forEach(scope -> principals.assign(name, role, scope));
        }
        place.print(secret(made));
        return 0;
    }

    @Command(name = "reset-secret", description = "A new secret in place of those before.")
    int resetSecret(
            @Mixin Place place,
            @Parameters(paramLabel = "NAME", description = "The name, client id or object id.")
                    String name,
            @Option(
                            names = "--days",
                            paramLabel = "N",
                            defaultValue = "365",
                            description = "How long the secret is good (default 365).")
                    int days) {
        place.print(secret(place.principals().resetSecret(name, life(place, days))));
        return 0;
    }

    @Command(name = "list", description = "List them, without secrets.")
    int list(@Mixin Place place) {
        ArrayNode all = Json.STRICT.createArrayNode();
        place.principals().list().forEach(each -> all.add(view(each)));
        place.print(all);
        return 0;
    }

    @Command(name = "delete", description = "Delete one; its tokens are refused from now on.")
    int delete(
            @Mixin Place place,
            @Parameters(paramLabel = "NAME", description = "The name, client id or object id.")
                    String name) {
        place.principals().delete(name);
        return 0;
    }

    @Command(
            name = "federate",
            description =
                    "Take tokens of another issuer for one (workload identity): no secret is needed then.")
    int federate(
            @Mixin Place place,
            @Parameters(paramLabel = "NAME", description = "The name, client id or object id.")
                    String name,
            @Option(
                            names = "--issuer",
                            paramLabel = "URL",
                            required = true,
                            description = "What those tokens say in iss.")
                    String issuer,
            @Option(
                            names = "--subject",
                            paramLabel = "TEXT",
                            required = true,
                            description = "What they say in sub.")
                    String subject,
            @Option(
                            names = "--audience",
                            paramLabel = "TEXT",
                            defaultValue = ServicePrincipals.USUAL_AUDIENCE,
                            description = "What they say in aud (default: ${DEFAULT-VALUE}).")
                    String audience) {
        var credential = new FederatedCredential(issuer, subject, audience);
        place.print(view(place.principals().addFederatedCredential(name, credential)));
        return 0;
    }

    private static Duration life(Place place, int days) {
        if (days < 1 || days > 3650) {
            throw new ParameterException(
                    place.spec.commandLine(),
                    "--days: " + days + " (expected: a whole number from 1 to 3650)");
        }
        return Duration.ofDays(days);
    }

    /** With the names of {@code az ad sp create-for-rbac}. */
    private static ObjectNode secret(ServicePrincipals.WithSecret made) {
        ObjectNode json = Json.object();
        json.put("appId", made.principal().clientId());
        json.put("displayName", made.principal().name());
        json.put("password", made.secret());
        json.put("tenant", TENANT);
        return json;
    }

    private static ObjectNode view(ServicePrincipal principal) {
        ObjectNode json = Json.object();
        json.put("appId", principal.clientId());
        json.put("displayName", principal.name());
        json.put("id", principal.id());
        json.put("createdDateTime", principal.created().toString());
        ArrayNode secrets = json.putArray("passwordCredentials");
        for (var each : principal.secrets()) {
            secrets.addObject()
                    .put("hint", each.hint())
                    .put("endDateTime", each.expires().toString());
        }
        ArrayNode federated = json.putArray("federatedIdentityCredentials");
        for (var each : principal.federatedCredentials()) {
            federated
                    .addObject()
                    .put("issuer", each.issuer())
                    .put("subject", each.subject())
                    .put("audience", each.audience());
        }
        return json;
    }

    static CommandLine line() {
        return new CommandLine(new ServicePrincipalCommand());
    }
}
