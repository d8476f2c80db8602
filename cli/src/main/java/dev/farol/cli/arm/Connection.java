package dev.farol.cli.arm;

import dev.farol.cli.Addresses;
import dev.farol.cli.CliContext;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where the service is and who asks.
 *
 * @param arm the base URL, without a slash at its end
 * @param token a token that is at hand, or null
 * @param secret what the managed identity endpoint gives a token for, or null
 * @param tls the folder of the server's certificate authority; null means the system's trust
 * @param home the home folder that this came from, for messages; null when it came from elsewhere
 */
public record Connection(
        String arm,
        @Nullable String token,
        @Nullable String secret,
        String subscription,
        String resourceGroup,
        String workspace,
        @Nullable Path tls,
        @Nullable Path home) {
    private static final String FIRST_SUBSCRIPTION = "00000000-0000-0000-0000-000000000001";

    /**
     * From FAROL_ARM_URL when it is set, else from the Farol that runs with this home.
     *
     * <p>Subscription, resource group and workspace are those of the command line, null where it
     * says nothing; then those of {@code farol configure}.
     *
     * @throws CommandFailed when nothing runs there
     */
    public static Connection find(
            CliContext context,
            Path home,
            @Nullable String subscription,
            @Nullable String resourceGroup,
            @Nullable String workspace) {
        Map<String, String> environment = context.environment();
        String url = environment.get("FAROL_ARM_URL");
        Connection found =
                url == null || url.isBlank() ? local(home) : remote(environment, url, home);
        Defaults defaults = Defaults.of(home);
        return new Connection(
                found.arm,
                found.token,
                found.secret,
                first(subscription, defaults.get("subscription"), found.subscription),
                first(resourceGroup, defaults.get("group"), found.resourceGroup),
                first(workspace, defaults.get("workspace"), found.workspace),
                found.tls,
                found.home);
    }

    private static String first(
            @Nullable String given, @Nullable String configured, String otherwise) {
        return given != null ? given : configured != null ? configured : otherwise;
    }

    private static Connection local(Path home) {
        Addresses addresses = Addresses.read(home).orElseThrow(() -> notRunning(home));
        return new Connection(
                addresses.arm(),
                null,
                secret(home),
                addresses.subscription(),
                addresses.resourceGroup(),
                addresses.workspace(),
                addresses.tls(),
                home);
    }

    private static Connection remote(Map<String, String> environment, String url, Path home) {
        String token = environment.get("FAROL_TOKEN");
        if (token == null || token.isBlank()) {
            throw CommandFailed.failed(
                    "FAROL_ARM_URL is set and FAROL_TOKEN is not.\nSet it to a token of " + url);
        }
        String tls = environment.get("FAROL_TLS");
        return new Connection(
                url.replaceAll("/+$", ""),
                token,
                null,
                environment.getOrDefault("FAROL_SUBSCRIPTION", FIRST_SUBSCRIPTION),
                environment.getOrDefault("FAROL_RESOURCE_GROUP", "farol"),
                environment.getOrDefault("FAROL_WORKSPACE", "main"),
                tls == null || tls.isBlank() ? null : home.resolve(tls),
                null);
    }

    private static @Nullable String secret(Path home) {
        Path file = home.resolve("identity").resolve("secret");
        try {
            return Files.readString(file).strip();
        } catch (IOException unreadable) {
            throw CommandFailed.failed(
                    "The secret of this home cannot be read: "
                            + file
                            + "\nOnly the user who runs Farol may use it from here.");
        }
    }

    private static CommandFailed notRunning(Path home) {
        return CommandFailed.failed(notRunningText(home));
    }

    static String notRunningText(Path home) {
        return "Farol is not running here (home " + home + "). Start it with: farol up --detach";
    }

    /** The path of all that the provider has in the resource group. */
    public String groupPath() {
        return "/subscriptions/"
                + subscription
                + "/resourceGroups/"
                + resourceGroup
                + "/providers/Microsoft.MachineLearningServices";
    }

    /** The path of the workspace, from {@code /subscriptions} on. */
    public String workspacePath() {
        return groupPath() + "/workspaces/" + workspace;
    }
}
