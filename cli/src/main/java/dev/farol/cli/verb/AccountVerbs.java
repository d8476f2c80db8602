package dev.farol.cli.verb;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Defaults;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code az account}: the subscriptions of this Farol, and tokens for scripts. */
final class AccountVerbs {
    private static final String SUBSCRIPTIONS = "/subscriptions?api-version=2022-12-01";
    private static final DateTimeFormatter LOCAL_TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss.SSSSSS");

    private AccountVerbs() {}

    static List<Verb> all() {
        return List.of(
                new Verb(
                        "get-access-token",
                        "Get a token for a script.",
                        "farol account get-access-token --query accessToken -o tsv",
                        List.of(
                                Flag.text("URL", "What the token is for.", "--resource"),
                                Flag.words("SCOPE", "The same, as a scope.", "--scope"),
                                Flag.text("NAME", "The same, by name: arm.", "--resource-type"),
                                Flag.text("ID", "There is one; accepted.", "--tenant", "-t")),
                        AccountVerbs::token),
                new Verb(
                        "show",
                        "Show the subscription that commands work in.",
                        "farol account show -o table",
                        List.of(Flag.text("NAME", "Another one.", "--name", "-n", "-s")),
                        AccountVerbs::show),
                new Verb(
                        "list",
                        "List the subscriptions.",
                        "farol account list -o table",
                        List.of(
                                Flag.on("All there are; so is it without.", "--all"),
                                Flag.on("Ask the service; so is it without.", "--refresh")),
                        in -> in.print(accounts(in))),
                new Verb(
                        "set",
                        "Choose the subscription that commands work in.",
                        "farol account set --subscription 00000000-0000-0000-0000-000000000001",
                        List.of(Flag.text("NAME", "Its id or name.", "--name", "-n", "-s")),
                        AccountVerbs::set));
    }

    private static void token(Invocation in) {
        Arm arm = in.arm();
        String token = arm.tokenFor(resource(in, arm));
        Object claims = claims(token);
        Instant end =
                Tree.at(claims, "exp") instanceof Number seconds
                        ? Instant.ofEpochSecond(seconds.longValue())
                        : Instant.EPOCH;
        in.print(
                Tree.of(
                        "accessToken",
                        token,
                        "expiresOn",
                        LOCAL_TIME.format(end.atZone(ZoneId.systemDefault())),
                        "expires_on",
                        end.getEpochSecond(),
                        "subscription",
                        arm.connection().subscription(),
                        "tenant",
                        Tree.textOr(claims, "tid", ""),
                        "tokenType",
                        "Bearer"));
    }

    private static String resource(Invocation in, Arm arm) {
        String type = in.text("--resource-type");
        if (type != null && !type.equals("arm")) {
            throw Invocation.usage(
                    "--resource-type: '"
                            + type
                            + "' is not offered (expected: arm, or --resource)");
        }
        List<String> scopes = in.words("--scope");
        return in.text("--resource", scopes.isEmpty() ? arm.connection().arm() : scopes.getFirst());
    }

    private static void show(Invocation in) {
        String name = in.text("--name");
        in.print(account(in, name == null ? in.arm().connection().subscription() : name));
    }

    private static void set(Invocation in) {
        String name = in.text("--name", in.text("--subscription", ""));
        if (name.isEmpty()) {
            throw Invocation.usage("Missing required option: --subscription");
        }
        Defaults defaults = Defaults.of(in.home());
        defaults.set("subscription", Tree.textOr(account(in, name), "id", name));
        defaults.write();
    }

    /** By id or by name. */
    private static Object account(Invocation in, String which) {
        return accounts(in).stream()
                .filter(
                        each ->
                                which.equalsIgnoreCase(Tree.textOr(each, "id", ""))
                                        || which.equalsIgnoreCase(Tree.textOr(each, "name", "")))
                .findFirst()
                .orElseThrow(
                        () ->
                                CommandFailed.failed(
                                        "The subscription of '"
                                                + which
                                                + "' doesn't exist in cloud 'Farol' (expected: one"
                                                + " that `farol account list` shows)."));
    }

    private static List<Object> accounts(Invocation in) {
        Arm arm = in.arm();
        Object claims = claims(arm.token());
        String tenant = Tree.textOr(claims, "tid", "");
        Object answer = arm.follow(arm.connection().arm() + SUBSCRIPTIONS).body();
        return Tree.list(answer, "value").stream()
                .map(each -> account(each, tenant, claims, arm.connection().subscription()))
                .toList();
    }

    private static Object account(
            @Nullable Object subscription, String tenant, @Nullable Object claims, String current) {
        String id = Tree.textOr(subscription, "subscriptionId", "");
        return Tree.of(
                "environmentName",
                "Farol",
                "homeTenantId",
                tenant,
                "id",
                id,
                "isDefault",
                id.equalsIgnoreCase(current),
                "managedByTenants",
                List.of(),
                "name",
                Tree.textOr(subscription, "displayName", id),
                "state",
                Tree.textOr(subscription, "state", "Enabled"),
                "tenantId",
                tenant,
                "user",
                Tree.of("name", Tree.textOr(claims, "name", ""), "type", "user"));
    }

    /** What a token says; nothing when it is none of ours. */
    private static @Nullable Object claims(String token) {
        String[] parts = token.split("\\.");
        if (parts.length != 3) {
            return null;
        }
        try {
            return JsonText.parse(Base64.getUrlDecoder().decode(parts[1]));
        } catch (IllegalArgumentException opaque) {
            return null;
        }
    }
}
