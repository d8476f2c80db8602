package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.kit.testing.Eventually;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** An endpoint with {@code auth_mode: aad_token}, from a person's and a program's side. */
class RolesE2E {
    @Test
    void whoHasARoleMayScoreAndNobodyElse() throws Exception {
        try (var farol = new Farol()) {
            var project = new Project(farol);
            project.script("def init():\n    pass\n\ndef run(raw):\n    return \"scored\"\n");
            project.deployment("blue", "");
            farol.up();
            project.serve(farol, "--auth-mode", "aad_token");
            String uri = farol.scoringUri("credit");
            String request =
                    Files.writeString(farol.home().resolve("request.json"), "{}").toString();

            // The first user of a Farol is its owner.
            assertThat(
                            farol.run(
                                            "online-endpoint",
                                            "invoke",
                                            "-n",
                                            "credit",
                                            "--request-file",
                                            request)
                                    .ok()
                                    .out())
                    .contains("scored");

            var created = farol.run("service-principal", "create", "ci").ok();
            assertThat(created.err()).contains("ci may do nothing yet");
            JsonNode ci = created.json();
            String scoring = token(farol, ci, "https://ml.azure.com/.default");
            String control = token(farol, ci, "https://management.azure.com/.default");
            assertThat(farol.score(uri, control, "{}").statusCode()).isEqualTo(401);
            assertThat(farol.score(uri, "no-token", "{}").statusCode()).isEqualTo(401);
            var denied = farol.score(uri, scoring, "{}");
            assertThat(denied.statusCode()).isEqualTo(403);
            assertThat(denied.body())
                    .contains("AuthorizationFailed", "onlineEndpoints/score/action")
                    .doesNotContain("blue");

            String endpoint =
                    farol.run(
                                    "online-endpoint",
                                    "show",
                                    "-n",
                                    "credit",
                                    "--query",
                                    "id",
                                    "-o",
                                    "tsv")
                            .ok()
                            .out()
                            .strip();
            JsonNode given =
                    farol.run(
                                    "role",
                                    "assignment",
                                    "create",
                                    "--assignee",
                                    "ci",
                                    "--role",
                                    "AzureML Data Scientist",
                                    "--scope",
                                    endpoint)
                            .ok()
                            .json();
            assertThat(given.path("roleDefinitionName").asString())
                    .isEqualTo("AzureML Data Scientist");
            Eventually.eventually(
                    "ci may score", () -> farol.score(uri, scoring, "{}").statusCode() == 200);
            assertThat(
                            farol.run(
                                            "role",
                                            "assignment",
                                            "list",
                                            "--assignee",
                                            "ci",
                                            "--all",
                                            "--query",
                                            "[].scope",
                                            "-o",
                                            "tsv")
                                    .ok()
                                    .out()
                                    .strip())
                    .isEqualTo(endpoint);

            farol.run("role", "assignment", "delete", "--ids", given.path("id").asString()).ok();
            Eventually.eventually(
                    "ci may not score any more",
                    () -> farol.score(uri, scoring, "{}").statusCode() == 403);

            String scorer =
                    """
                    {"Name": "Scorer", "Description": "may score",
                     "Actions": ["Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action"],
                     "AssignableScopes": ["/"]}
                    """;
            farol.run("role", "definition", "create", "--role-definition", scorer).ok();
            farol.run("role", "assignment", "create", "--assignee", "ci", "--role", "scorer").ok();
            Eventually.eventually(
                    "the custom role lets it score",
                    () -> farol.score(uri, scoring, "{}").statusCode() == 200);
            farol.run("service-principal", "delete", "ci").ok();
            Eventually.eventually(
                    "nobody is ci any more",
                    () -> farol.score(uri, scoring, "{}").statusCode() == 403);
            var unknown =
                    farol.run("role", "assignment", "create", "--assignee", "x", "--role", "No");
            assertThat(unknown.exit()).isEqualTo(1);
            assertThat(unknown.err()).contains("There is no role 'No'");
        }
    }

    private static String token(Farol farol, JsonNode principal, String scope) throws Exception {
        String url = farol.status().path("arm").asString();
        assertThat(url).startsWith("https://");
        String form =
                "grant_type=client_credentials&client_id="
                        + coded(principal.path("appId").asString())
                        + "&client_secret="
                        + coded(principal.path("password").asString())
                        + "&scope="
                        + coded(scope);
        try (HttpClient client = HttpClient.newBuilder().sslContext(farol.trust()).build()) {
            var answer =
                    client.send(
                            HttpRequest.newBuilder(URI.create(url + "/adfs/oauth2/v2.0/token"))
                                    .header("Content-Type", "application/x-www-form-urlencoded")
                                    .POST(HttpRequest.BodyPublishers.ofString(form))
                                    .build(),
                            HttpResponse.BodyHandlers.ofString());
            assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
            return Json.STRICT.readTree(answer.body()).path("access_token").asString();
        }
    }

    private static String coded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
