package dev.farol.cli.verb;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import dev.farol.wire.ApiClient;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** {@code farol rest}: any call to the service, with the token of the one who asks. */
final class Rest {
    private static final Duration TIMEOUT = Duration.ofMinutes(10);
    private static final List<String> METHODS =
            List.of("get", "put", "post", "delete", "patch", "head", "options");

    private Rest() {}

    static Verb verb() {
        return new Verb(
                "rest",
                "Call the service's REST API.",
                "farol rest -m get -u \"/subscriptions/{subscriptionId}/resourceGroups"
                        + "?api-version=2022-12-01\"",
                List.of(
                        Flag.text("URL", "A path or an absolute URL.", "--url", "--uri", "-u")
                                .mandatory(),
                        Flag.text("METHOD", "get (default), put, post …", "--method", "-m"),
                        Flag.text("BODY", "The body, or @FILE.", "--body", "-b"),
                        Flag.words("NAME=VALUE", "Headers, or JSON.", "--headers"),
                        Flag.words(
                                "NAME=VALUE",
                                "More of the query, or JSON.",
                                "--uri-parameters",
                                "--url-parameters"),
                        Flag.text("FILE", "Where the answer's body goes.", "--output-file"),
                        Flag.text("URL", "The audience of the token.", "--resource"),
                        Flag.on("Send no token.", "--skip-authorization-header")),
                Rest::run);
    }

    private static void run(Invocation in) {
        Arm arm = in.arm();
        String method = in.text("--method", "get").toLowerCase(Locale.ROOT);
        if (!METHODS.contains(method)) {
            throw Invocation.usage(
                    "--method: '"
                            + method
                            + "' is not a method (expected: "
                            + String.join(", ", METHODS)
                            + ")");
        }
        String url = url(in, arm);
        Headers headers = new Headers();
        pairs(in, "--headers").forEach(headers::set);
        byte[] body = body(in);
        if (body != null && headers.first("Content-Type").isEmpty() && isJson(body)) {
            headers.set("Content-Type", "application/json");
        }
        authorize(in, arm, url, headers);
        ApiClient.Payload payload = body == null ? null : new ApiClient.BytesPayload(body);
        String upper = method.toUpperCase(Locale.ROOT);
        answer(in, arm.send(upper, url, headers, payload, TIMEOUT));
    }

    private static String url(Invocation in, Arm arm) {
        String subscription = arm.connection().subscription();
        String given =
                in.given("--url")
                        .replaceAll("(?i)\\{subscriptionId}", subscription)
                        .replaceAll("(?i)\\{subscription}", subscription);
        boolean whole = given.startsWith("https://") || given.startsWith("http://");
        var url = new StringBuilder(whole ? "" : arm.connection().arm());
        url.append(whole || given.startsWith("/") ? "" : "/").append(given.replace(" ", "%20"));
        pairs(in, "--uri-parameters")
                .forEach(
                        (name, value) ->
                                url.append(url.indexOf("?") < 0 ? "?" : "&")
                                        .append(encoded(name))
                                        .append('=')
                                        .append(encoded(value)));
        return url.toString();
    }

    private static String encoded(String text) {
        String all = URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
        return all.replace("%24", "$");
    }

    /** {@code name=value} words, one JSON object, or {@code @FILE} with one. */
    private static Map<String, String> pairs(Invocation in, String flag) {
        var pairs = new LinkedHashMap<String, String>();
        for (String word : in.arguments(flag)) {
            String text = word.startsWith("@") ? text(in, flag, word.substring(1)) : word;
            if (text.strip().startsWith("{")) {
                try {
                    Tree.map(JsonText.parse(text.getBytes(StandardCharsets.UTF_8)))
                            .forEach((name, value) -> pairs.put(name, String.valueOf(value)));
                } catch (IllegalArgumentException malformed) {
                    throw Invocation.usage(flag + ": not JSON: " + malformed.getMessage());
                }
                continue;
            }
            int equals = text.indexOf('=');
            if (equals < 1) {
                throw Invocation.usage(
                        flag + ": '" + text + "' has no value (expected: name=value, or JSON)");
            }
            pairs.put(text.substring(0, equals), text.substring(equals + 1));
        }
        return pairs;
    }

    private static String text(Invocation in, String flag, String file) {
        return new String(bytes(in, flag, file), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(Invocation in, String flag, String file) {
        Path path = in.file(file);
        try {
            return Files.readAllBytes(path);
        } catch (IOException unreadable) {
            throw Invocation.usage(flag + ": '" + file + "' cannot be read (at " + path + ")");
        }
    }

    private static byte @Nullable [] body(Invocation in) {
        String given = in.text("--body");
        if (given == null) {
            return null;
        }
        return given.startsWith("@")
                ? bytes(in, "--body", given.substring(1))
                : given.getBytes(StandardCharsets.UTF_8);
    }

    private static boolean isJson(byte[] body) {
        try {
            JsonText.parse(body);
            return true;
        } catch (IllegalArgumentException notJson) {
            return false;
        }
    }

    /** The token goes to the service that issued it, and elsewhere only when asked by audience. */
    private static void authorize(Invocation in, Arm arm, String url, Headers headers) {
        if (in.has("--skip-authorization-header") || headers.first("Authorization").isPresent()) {
            return;
        }
        String audience = in.text("--resource");
        if (audience != null) {
            headers.set("Authorization", "Bearer " + arm.tokenFor(audience));
        } else if (ours(url, arm.connection().arm())) {
            headers.set("Authorization", "Bearer " + arm.token());
        } else {
            in.note(
                    "WARNING: No token is sent to "
                            + url.replaceAll("(https?://[^/]*).*", "$1")
                            + ": it is not this service. With --resource one is.");
        }
    }

    private static boolean ours(String url, String arm) {
        return url.equals(arm) || url.startsWith(arm + "/") || url.startsWith(arm + "?");
    }

    private static void answer(Invocation in, ApiClient.Answer answer) {
        if (answer.status() >= 400) {
            throw new CommandFailed(
                    answer.status() == 404 ? 3 : 1,
                    "The service answered "
                            + answer.status()
                            + (answer.body().length == 0 ? "" : "\n" + answer.text().strip()));
        }
        String file = in.text("--output-file");
        if (file != null) {
            try {
                Files.write(in.file(file), answer.body());
            } catch (IOException unwritable) {
                throw CommandFailed.failed("--output-file: '" + file + "' cannot be written");
            }
        } else if (answer.body().length > 0) {
            if (isJson(answer.body())) {
                in.print(JsonText.parse(answer.body()));
            } else {
                in.printText(answer.text());
            }
        }
    }
}
