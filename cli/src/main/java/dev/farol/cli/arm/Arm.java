package dev.farol.cli.arm;

import dev.farol.cli.CliContext;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import dev.farol.wire.ApiClient;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Calls to the ARM plane, with a token and an api-version, and answers as documents. */
public final class Arm implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final List<String> ABSOLUTE = List.of("/subscriptions/", "/providers/");

    private final Connection connection;
    private final CliContext context;
    private final Diagnostics diagnostics;
    private final ApiClient client;
    private @Nullable String token;

    public Arm(CliContext context, Connection connection, Diagnostics diagnostics) {
        this.context = context;
        this.connection = connection;
        this.diagnostics = diagnostics;
        this.client = context.http().open(connection.tls());
        this.token = connection.token();
    }

    public Connection connection() {
        return connection;
    }

    public Diagnostics diagnostics() {
        return diagnostics;
    }

    /**
     * @param path below the workspace, such as {@code /onlineEndpoints/credit}, or from {@code
     *     /subscriptions/} on
     * @param query further parameters, already encoded, such as {@code $top=1}
     */
    public ArmAnswer get(String path, String version, String... query) {
        return call("GET", url(path, version, query), null);
    }

    public ArmAnswer put(String path, String version, Object body) {
        return call("PUT", url(path, version), body);
    }

    public ArmAnswer patch(String path, String version, Object body) {
        return call("PATCH", url(path, version), body);
    }

    public ArmAnswer post(String path, String version, @Nullable Object body) {
        return call("POST", url(path, version), body);
    }

    public ArmAnswer delete(String path, String version, String... query) {
        return call("DELETE", url(path, version, query), null);
    }

    /** A URL that the service gave, as it stands. */
    public ArmAnswer follow(String url) {
        return call("GET", url, null);
    }

    /** Every item of a paged list. */
    public List<Object> list(String path, String version, String... query) {
        return list(Integer.MAX_VALUE, path, version, query);
    }

    /** The first items of a paged list; no page is asked for that is not needed. */
    public List<Object> list(int most, String path, String version, String... query) {
        var items = new ArrayList<Object>();
        String next = url(path, version, query);
        while (next != null && items.size() < most) {
            Object page = call("GET", next, null).body();
            items.addAll(Tree.list(page, "value"));
            next = Tree.text(page, "nextLink");
        }
        return items.size() <= most ? items : items.subList(0, most);
    }

    private String url(String path, String version, String... query) {
        var url =
                new StringBuilder(connection.arm())
                        .append(absolute(path) ? "" : connection.workspacePath())
                        .append(path)
                        .append("?api-version=")
                        .append(version);
        for (String parameter : query) {
            url.append('&').append(parameter);
        }
        return url.toString();
    }

    private static boolean absolute(String path) {
        return ABSOLUTE.stream().anyMatch(path::startsWith);
    }

    private ArmAnswer call(String method, String url, @Nullable Object body) {
        Headers headers =
                Headers.of(
                        "Accept",
                        "application/json",
                        "Authorization",
                        "Bearer " + token(),
                        "x-ms-client-request-id",
                        UUID.randomUUID().toString());
        ApiClient.Payload payload = null;
        if (body != null) {
            headers.set("Content-Type", "application/json");
            payload =
                    new ApiClient.BytesPayload(
                            JsonText.compact(body).getBytes(StandardCharsets.UTF_8));
        }
        ApiClient.Answer answer = send(method, url, headers, payload, TIMEOUT);
        return answered(method, url, answer);
    }

    private static ArmAnswer answered(String method, String url, ApiClient.Answer answer) {
        Object document = document(answer);
        if (answer.status() >= 300) {
            throw ArmFailed.of(
                    answer.status(),
                    document,
                    "Operation returned an invalid status "
                            + answer.status()
                            + " for "
                            + method
                            + " "
                            + url.replaceAll("\\?.*", "")
                            + (answer.body().length == 0 ? "" : "\n" + answer.text().strip()));
        }
        return new ArmAnswer(url, answer.status(), answer.headers(), document);
    }

    private static @Nullable Object document(ApiClient.Answer answer) {
        if (answer.body().length == 0) {
            return null;
        }
        try {
            return JsonText.parse(answer.body());
        } catch (IllegalArgumentException notJson) {
            return null;
        }
    }

    /**
     * Sends any request through the same client and tells it with {@code --debug}.
     *
     * @throws CommandFailed when no answer came
     */
    public ApiClient.Answer send(
            String method,
            String url,
            Headers headers,
            ApiClient.@Nullable Payload payload,
            Duration timeout) {
        long start = context.clock().nanoTime();
        try {
            ApiClient.Answer answer =
                    client.send(
                            new ApiClient.Call(
                                    method,
                                    url,
                                    headers.set("User-Agent", "farol-cli"),
                                    payload,
                                    timeout));
            long millis = (context.clock().nanoTime() - start) / 1_000_000;
            diagnostics.call(method, url, answer.status(), millis);
            return answer;
        } catch (IOException silent) {
            throw unanswered(url, silent);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new CommandFailed(130, "Interrupted.");
        }
    }

    private CommandFailed unanswered(String url, IOException silent) {
        String origin = url.replaceAll("(https?://[^/]*).*", "$1");
        boolean refused = silent instanceof ConnectException;
        if (refused && connection.home() != null && url.startsWith(connection.arm())) {
            return new Unreachable(Connection.notRunningText(connection.home()));
        }
        String why =
                silent instanceof InterruptedIOException
                        ? "no answer in time"
                        : String.valueOf(silent.getMessage());
        return new Unreachable("No answer from " + origin + ": " + why);
    }

    /** The token that calls carry; asked for once. */
    public String token() {
        String known = token;
        if (known == null) {
            known = newToken();
            token = known;
        }
        return known;
    }

    private String newToken() {
        return newToken(connection.arm());
    }

    /**
     * A token for another audience than the control plane's; the one that was given when there is
     * no other.
     */
    public String tokenFor(String audience) {
        if (connection.secret() == null) {
            return token();
        }
        return newToken(audience);
    }

    private String newToken(String audience) {
        String resource = URLEncoder.encode(audience, StandardCharsets.UTF_8);
        String url = connection.arm() + "/msi/token?api-version=2019-08-01&resource=" + resource;
        String secret = connection.secret();
        ApiClient.Answer answer =
                send(
                        "GET",
                        url,
                        Headers.of("X-IDENTITY-HEADER", secret == null ? "" : secret),
                        null,
                        TIMEOUT);
        String issued = Tree.text(answered("GET", url, answer).body(), "access_token");
        if (issued == null) {
            throw CommandFailed.failed("No token from " + connection.arm() + "/msi/token");
        }
        return issued;
    }

    @Override
    public void close() {
        client.close();
    }
}
