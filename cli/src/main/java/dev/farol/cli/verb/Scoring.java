package dev.farol.cli.verb;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Operation;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import dev.farol.wire.ApiClient;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The verbs of an endpoint's keys, and the one that uses them. */
final class Scoring {
    private static final Duration TIMEOUT = Duration.ofMinutes(5);

    /** The audience of the data plane (contracts §4.1). */
    private static final String SCORING = "https://ml.azure.com";

    private static final String DEPLOYMENT = "azureml-model-deployment";

    private Scoring() {}

    static Verb invoke(Flag name) {
        return new Verb(
                "invoke",
                "Score a request and print the answer's body as it is.",
                "farol online-endpoint invoke -n credit --request-file request.json",
                List.of(
                        name.mandatory(),
                        Flag.text("FILE", "The body to send.", "--request-file", "-r").mandatory(),
                        Flag.text(
                                "NAME",
                                "Answered by this deployment, whatever the traffic says.",
                                "--deployment-name",
                                "-d"),
                        Flag.LOCAL),
                Scoring::invoke);
    }

    static Verb getCredentials(Flag name) {
        return new Verb(
                "get-credentials",
                "Show the keys, or a token, of an endpoint.",
                "farol online-endpoint get-credentials -n credit --query primaryKey -o tsv",
                List.of(name.mandatory()),
                in -> in.print(credentials(in, EndpointVerbs.path(in.given("--name")))));
    }

    static Verb regenerateKeys(Flag name) {
        return new Verb(
                "regenerate-keys",
                "Replace one of the two keys of an endpoint.",
                "farol online-endpoint regenerate-keys -n credit --key-type secondary",
                List.of(
                        name.mandatory(),
                        Flag.text("TYPE", "primary (default) or secondary.", "--key-type"),
                        Flag.YES,
                        Flag.NO_WAIT),
                Scoring::regenerateKeys);
    }

    private static Map<String, @Nullable Object> credentials(Invocation in, String path) {
        Object endpoint = in.arm().get(path, Versions.ENDPOINT).body();
        return credentials(in.arm(), path, endpoint);
    }

    private static Map<String, @Nullable Object> credentials(
            Arm arm, String path, @Nullable Object endpoint) {
        String mode = Tree.text(endpoint, "properties", "authMode");
        String low = String.valueOf(mode).toLowerCase(Locale.ROOT);
        if (low.equals("aadtoken")) {
            // No service is asked: who calls is who has the token, as with az.
            return Tree.of("accessToken", arm.tokenFor(SCORING), "tokenType", "AADToken");
        }
        String action = low.equals("amltoken") ? "/token" : "/listKeys";
        return Tree.map(arm.post(path + action, Versions.ENDPOINT, null).body());
    }

    private static void invoke(Invocation in) {
        byte[] body = body(in.file(in.given("--request-file")));
        if (in.local()) {
            invokeLocal(in, body);
            return;
        }
        String path = EndpointVerbs.path(in.given("--name"));
        Arm arm = in.arm();
        String deployment = in.text("--deployment-name");
        if (deployment != null) {
            known(arm, path, deployment);
        }
        Object endpoint = arm.get(path, Versions.ENDPOINT).body();
        String uri = Tree.text(endpoint, "properties", "scoringUri");
        if (uri == null) {
            throw CommandFailed.failed("The endpoint has no scoring URI yet.");
        }
        Map<String, @Nullable Object> credentials = credentials(arm, path, endpoint);
        String key = Tree.text(credentials, "primaryKey");
        String secret = key == null ? Tree.textOr(credentials, "accessToken", "") : key;
        Headers headers =
                Headers.of("Content-Type", "application/json", "Authorization", "Bearer " + secret);
        if (deployment != null) {
            headers.set(DEPLOYMENT, deployment);
        }
        ApiClient.Answer answer =
                arm.send("POST", uri, headers, new ApiClient.BytesPayload(body), TIMEOUT);
        print(in, answer);
    }

    /** No key: nothing stands before a deployment on this machine. */
    private static void invokeLocal(Invocation in, byte[] body) {
        String uri = new LocalVerbs(in).scoringUri();
        Headers headers = Headers.of("Content-Type", "application/json");
        String deployment = in.text("--deployment-name");
        if (deployment != null) {
            headers.set(DEPLOYMENT, deployment);
        }
        try (ApiClient http = in.context().http().open(null)) {
            print(
                    in,
                    http.send(
                            new ApiClient.Call(
                                    "POST",
                                    uri,
                                    headers,
                                    new ApiClient.BytesPayload(body),
                                    TIMEOUT)));
        } catch (IOException unreachable) {
            throw CommandFailed.failed(
                    uri + " does not answer: " + String.valueOf(unreachable.getMessage()));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailed(130, "Interrupted.");
        }
    }

    private static void print(Invocation in, ApiClient.Answer answer) {
        if (answer.status() != 200 && answer.status() != 201) {
            throw CommandFailed.failed(refusal(answer));
        }
        in.printText(answer.text() + (answer.text().endsWith("\n") ? "" : "\n"));
    }

    private static byte[] body(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException unreadable) {
            throw CommandFailed.failed("--request-file: '" + file + "' cannot be read");
        }
    }

    private static void known(Arm arm, String path, String deployment) {
        List<String> names =
                arm.list(path + "/deployments", Versions.ENDPOINT).stream()
                        .map(found -> Tree.textOr(found, "name", ""))
                        .toList();
        if (names.stream().noneMatch(deployment::equalsIgnoreCase)) {
            throw new CommandFailed(
                    3,
                    "The endpoint has no deployment '"
                            + deployment
                            + "' (it has: "
                            + (names.isEmpty() ? "none" : String.join(", ", names))
                            + ")");
        }
    }

    private static String refusal(ApiClient.Answer answer) {
        var text = new StringBuilder("The endpoint answered ").append(answer.status());
        answer.headers()
                .forEach(
                        (name, value) -> {
                            String lower = name.toLowerCase(Locale.ROOT);
                            if (lower.startsWith("ms-azureml-")
                                    || lower.startsWith("azureml-")
                                    || lower.equals("x-ms-request-id")
                                    || lower.equals("retry-after")) {
                                text.append("\n  ").append(lower).append(": ").append(value);
                            }
                        });
        String body = answer.text().strip();
        return body.isEmpty() ? text.toString() : text.append('\n').append(body).toString();
    }

    private static void regenerateKeys(Invocation in) {
        String type = in.text("--key-type", "primary").toLowerCase(Locale.ROOT);
        boolean primary = type.equals("primary");
        if (!primary && !type.equals("secondary")) {
            throw Invocation.usage(
                    "--key-type: '" + type + "' is not a key (expected: primary or secondary)");
        }
        String name = in.given("--name");
        String path = EndpointVerbs.path(name);
        Map<String, @Nullable Object> keys = credentials(in, path);
        var accepted =
                in.arm()
                        .post(
                                path + "/regenerateKeys",
                                Versions.ENDPOINT,
                                Tree.of(
                                        "keyType",
                                        primary ? "Primary" : "Secondary",
                                        "keyValue",
                                        keys.get(primary ? "primaryKey" : "secondaryKey")));
        if (!in.has("--no-wait")) {
            String look = "farol online-endpoint get-credentials -n " + name;
            Operation.await(in.context(), in.arm(), accepted, look);
        }
    }
}
