package dev.farol.gateway;

import static dev.farol.gateway.Snapshots.GENEROUS;
import static dev.farol.gateway.Snapshots.deployment;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.spec.AuthMode;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Calls from a browser: what a page of another origin may do, and what it may not. */
class CorsIT {
    private static final String PAGE = "https://app.example";

    private final SnapshotFeed feed = new SnapshotFeed();
    private final HttpClient client =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private FakeInstance blue;
    private Gateway gateway;

    @BeforeEach
    void start() throws Exception {
        blue = new FakeInstance("blue-0");
        gateway = Gateway.start(GatewayConfig.DEFAULTS.withPort(0), feed);
    }

    @AfterEach
    void stop() {
        client.shutdownNow();
        gateway.close();
        blue.close();
    }

    private void allow(String... origins) {
        feed.accept(
                Snapshots.of(
                        gateway.snapshotVersion() + 1,
                        Snapshots.endpoint(
                                AuthMode.KEY,
                                Map.of("blue", 100),
                                Map.of(),
                                List.of(origins),
                                deployment("blue", GENEROUS, blue.spec()))));
    }

    private HttpRequest.Builder from(String page) {
        return HttpRequest.newBuilder(
                        URI.create(
                                "http://127.0.0.1:"
                                        + gateway.port()
                                        + "/api/v1/endpoint/shop/score"))
                .header("Origin", page);
    }

    private HttpResponse<String> preflight(String page) throws Exception {
        return send(
                from(page)
                        .method("OPTIONS", BodyPublishers.noBody())
                        .header("Access-Control-Request-Method", "POST")
                        .header("Access-Control-Request-Headers", "authorization, content-type"));
    }

    private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return client.send(request.build(), BodyHandlers.ofString());
    }

    private static String header(HttpResponse<?> answer, String name) {
        return String.join("|", answer.headers().allValues(name));
    }

    @Test
    void withoutOriginsAPreflightIsACallWithoutKey() throws Exception {
        allow();
        HttpResponse<String> answer = preflight(PAGE);
        assertThat(answer.statusCode()).isEqualTo(401);
        assertThat(header(answer, "Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void aPreflightOfANamedOriginIsAnsweredWithoutAKeyAndWithoutTheInstance() throws Exception {
        allow("https://other.example", PAGE);
        HttpResponse<String> answer = preflight(PAGE);
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).isEmpty();
        assertThat(header(answer, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
        assertThat(header(answer, "Access-Control-Allow-Methods")).contains("POST");
        assertThat(header(answer, "Access-Control-Allow-Headers"))
                .isEqualTo("authorization, content-type");
        assertThat(header(answer, "Access-Control-Allow-Credentials")).isEmpty();
        assertThat(header(answer, "Vary")).isEqualTo("Origin");
        assertThat(preflight("https://evil.example").statusCode()).isEqualTo(401);
        assertThat(preflight("https://app.example.evil").statusCode()).isEqualTo(401);
        assertThat(blue.seen()).isEmpty();
    }

    @Test
    void aCallOfANamedOriginMayBeReadByItsPage() throws Exception {
        allow(PAGE);
        var call = from(PAGE).POST(BodyPublishers.ofString("[1]"));
        HttpResponse<String> refused = send(call.copy());
        assertThat(refused.statusCode()).isEqualTo(401);
        assertThat(header(refused, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
        call.header("Authorization", "Bearer " + Snapshots.PRIMARY);
        HttpResponse<String> scored = send(call);
        assertThat(scored.statusCode()).isEqualTo(200);
        assertThat(header(scored, "Access-Control-Allow-Origin")).isEqualTo(PAGE);
        assertThat(header(scored, "Access-Control-Expose-Headers"))
                .contains("azureml-model-deployment");
        blue.model(
                exchange -> {
                    exchange.getResponseHeaders().set("Access-Control-Allow-Origin", "https://own");
                    FakeInstance.reply(exchange, 200, "");
                });
        assertThat(header(send(call), "Access-Control-Allow-Origin")).isEqualTo("https://own");
        HttpResponse<String> stranger =
                send(call.copy().setHeader("Origin", "https://evil.example"));
        assertThat(stranger.statusCode()).isEqualTo(200);
        assertThat(header(stranger, "Access-Control-Expose-Headers")).isEmpty();
    }

    @Test
    void aStarIsEveryOrigin() throws Exception {
        allow("*");
        HttpResponse<String> answer = preflight("https://anybody.example");
        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(header(answer, "Access-Control-Allow-Origin"))
                .isEqualTo("https://anybody.example");
    }
}
