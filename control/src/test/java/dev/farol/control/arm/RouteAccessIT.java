package dev.farol.control.arm;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.ControlConfig;
import dev.farol.control.FixtureRoutes;
import dev.farol.wire.ApiRequest;
import dev.farol.wire.Headers;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Every line of the path table, as a stranger sees it. */
class RouteAccessIT {
    /**
     * What is open to everyone: what clients read before they can have a token, and the doors where
     * tokens are handed out against a secret. Whoever adds a line here says why.
     */
    private static final Set<String> OPEN =
            Set.of(
                    "GET /metadata/endpoints",
                    "GET /msi/token",
                    "GET /metadata/identity/oauth2/token",
                    "GET /msi/{secret}/token",
                    "POST /msi/{secret}/token",
                    "GET /msi/{secret}/metadata/identity/oauth2/token",
                    "POST /msi/{secret}/metadata/identity/oauth2/token",
                    "GET /.well-known/openid-configuration",
                    "GET /{tenant}/.well-known/openid-configuration",
                    "GET /{tenant}/v2.0/.well-known/openid-configuration",
                    "POST /{tenant}/oauth2/token",
                    "POST /{tenant}/oauth2/v2.0/token",
                    "GET /discovery/keys",
                    "GET /{tenant}/discovery/keys",
                    "GET /discovery",
                    // The description of the API itself.
                    "GET /openapi.json");

    private static final List<Headers> STRANGERS =
            List.of(
                    new Headers(),
                    Headers.of("Authorization", "Bearer"),
                    Headers.of("Authorization", "Bearer x"),
                    Headers.of("Authorization", "Basic dXNlcjpwYXNz"),
                    // {"alg":"none"} with the claims of this Farol's user.
                    Headers.of("Authorization", "Bearer eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0."),
                    Headers.of("X-IDENTITY-HEADER", "guess"));

    @TempDir Path home;
    private FixtureRoutes fixture;
    private ArmRoutes routes;

    @BeforeEach
    void open() throws IOException {
        fixture = FixtureRoutes.open(home);
        routes = fixture.routes(ControlConfig.DEFAULTS);
    }

    @AfterEach
    void close() throws IOException {
        fixture.close();
    }

    @Test
    void nothingElseIsOpen() {
        Set<String> open = new TreeSet<>();
        for (Route route : routes.routes()) {
            if (route.access() == Route.Access.OPEN) {
                open.add(route.method() + " /" + String.join("/", route.pattern()));
            }
        }

        assertThat(open).containsExactlyInAnyOrderElementsOf(OPEN);
    }

    @Test
    void everyOtherLineRefusesStrangersOnLoopbackToo() throws IOException {
        ArmApi api = routes.api();
        var answered = new ArrayList<String>();
        int asked = 0;
        for (Route route : routes.routes()) {
            if (route.access() == Route.Access.OPEN) {
                continue;
            }
            String path = "/" + String.join("/", route.pattern());
            path = path.replaceAll("\\{[^}]*}", "x").replace("**", "a/b");
            List<String> methods =
                    route.method().equals("*")
                            ? List.of("GET", "PUT", "PATCH", "POST", "DELETE")
                            : List.of(route.method());
            for (String method : methods) {
                for (String query : List.of("", "api-version=2024-04-01")) {
                    for (Headers headers : STRANGERS) {
                        for (String from : List.of("127.0.0.1", "0:0:0:0:0:0:0:1", "10.0.0.7")) {
                            int status = status(api, method, path, query, headers, from);
                            asked++;
                            if (status != 401) {
                                answered.add(method + " " + path + " from " + from + ": " + status);
                            }
                        }
                    }
                }
            }
        }

        assertThat(answered).isEmpty();
        assertThat(asked).isGreaterThan(1000);
    }

    private static int status(
            ArmApi api, String method, String path, String query, Headers headers, String from)
            throws IOException {
        var request =
                new ApiRequest(
                        method,
                        path,
                        query,
                        "127.0.0.1:8443",
                        headers,
                        new ByteArrayInputStream(new byte[0]),
                        0,
                        from);
        return api.handle(request, "127.0.0.1:8443").status();
    }
}
