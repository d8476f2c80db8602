package dev.farol.control;

import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RoutingIT {
    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @Test
    void takesDoubledSlashesTrailingSlashesAndAnyCase() throws IOException {
        farol.endpoint("credit");

        String path = "/" + WS.replace("resourceGroups/farol", "RESOURCEgroups//FAROL");
        Answer answer =
                farol.get(path.replace("/providers", "//providers") + "/ONLINEendpoints/Credit/");

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.json().path("id").asString()).isEqualTo(WS + "/onlineEndpoints/credit");
    }

    @Test
    void asksForAnApiVersionOnResourcesAndTakesAny() throws IOException {
        Headers token =
                Headers.of("Authorization", "Bearer " + farol.token("https://ml.azure.com"));

        Answer without = farol.send("GET", WS, token, null);

        assertThat(without.status()).isEqualTo(400);
        assertThat(without.code()).isEqualTo("MissingApiVersionParameter");
        assertThat(farol.get(WS + "?api-version=1999-12-31-preview").status()).isEqualTo(200);
    }

    @Test
    void saysWhatIsNotThereAndWhichVerbsAre() throws IOException {
        Answer unknown = farol.get("/subscriptions/s/nothing/here");
        assertThat(unknown.status()).isEqualTo(404);
        assertThat(unknown.code()).isEqualTo("ResourceNotFound");

        Answer verb = farol.call("POST", WS + "/onlineEndpoints/credit", "{}");
        assertThat(verb.status()).isEqualTo(405);
        assertThat(verb.code()).isEqualTo("MethodNotAllowed");
        assertThat(verb.header("Allow")).isEqualTo("DELETE, GET, PATCH, PUT");
    }

    @Test
    void namesTheWorkspacesThatExist() throws IOException {
        Answer answer = farol.get(WS.replace("/main", "/other") + "/onlineEndpoints");

        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.message()).contains("'other'").contains(WS);
    }

    @Test
    void sendsArmsHeadersOnSuccessAndOnRefusal() throws IOException {
        for (String path : new String[] {WS, WS + "/onlineEndpoints/none"}) {
            Answer answer =
                    farol.send(
                            "GET",
                            path + "?api-version=2023-04-01",
                            Headers.of(
                                    "Authorization",
                                    "Bearer " + farol.token("https://127.0.0.1:8443/.default"),
                                    "x-ms-client-request-id",
                                    "abc-1"),
                            null);
            assertThat(answer.header("x-ms-request-id")).hasSize(36);
            assertThat(answer.header("x-ms-correlation-request-id")).hasSize(36);
            assertThat(answer.header("x-ms-routing-request-id")).startsWith("LOCAL:");
            assertThat(answer.header("x-ms-ratelimit-remaining-subscription-reads")).isNotEmpty();
            assertThat(answer.header("x-ms-client-request-id")).isEqualTo("abc-1");
            assertThat(answer.header("Retry-After")).isNull();
        }
    }

    @Test
    void refusesEncodedSlashesAndBrokenEscapes() throws IOException {
        assertThat(farol.get(WS + "/models/a%2Fb").status()).isEqualTo(400);
        assertThat(farol.get(WS + "/models/a%zz").status()).isEqualTo(400);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/batchEndpoints",
                "/batchEndpoints/x/deployments/y",
                "/serverlessEndpoints/x",
                "/marketplaceSubscriptions",
                "/jobs/j",
                "/schedules",
                "/outboundRules/r",
                "/capabilityHosts/c"
            })
    void saysClearlyWhatIsNotOffered(String path) throws IOException {
        for (String method : new String[] {"GET", "PUT", "POST", "DELETE"}) {
            Answer answer = farol.call(method, WS + path, "{}");
            assertThat(answer.status()).isEqualTo(400);
            assertThat(answer.code()).isEqualTo("NotSupported");
            assertThat(answer.message()).contains("not offered");
        }
    }

    /** What azure-ai-ml asks for beside workspaces: compute.list_usage, indexes, jobs. */
    @ParameterizedTest
    @CsvSource({
        "/subscriptions/{sub}/providers/Microsoft.MachineLearningServices/locations/local/usages,"
                + " Quotas",
        "/genericasset{WS}/indexes/i/versions/1, Indexes",
        "/history/v1.0{WS}/runs/r, Run histories"
    })
    void saysSoAtOtherAddressesToo(String path, String what) throws IOException {
        String subscription = WS.split("/")[2];
        Answer answer = farol.get(path.replace("{WS}", WS).replace("{sub}", subscription));
        assertThat(answer.status()).isEqualTo(400);
        assertThat(answer.code()).isEqualTo("NotSupported");
        assertThat(answer.message()).startsWith(what + " are not offered");
    }

    @Test
    void listsSubscriptionsGroupsAndWorkspaces() throws IOException {
        String subscription = WS.substring(0, WS.indexOf("/resourceGroups"));
        String group = WS.substring(0, WS.indexOf("/providers"));
        assertThat(farol.get("/subscriptions").json().at("/value/0/id").asString())
                .isEqualTo(subscription);
        assertThat(farol.get(subscription).json().path("state").asString()).isEqualTo("Enabled");
        assertThat(
                        farol.get(subscription + "/resourcegroups")
                                .json()
                                .at("/value/0/name")
                                .asString())
                .isEqualTo("farol");
        assertThat(farol.get(group).json().path("id").asString()).isEqualTo(group);
        String workspaces = "/providers/Microsoft.MachineLearningServices/workspaces";
        assertThat(farol.get(subscription + workspaces).json().at("/value/0/id").asString())
                .isEqualTo(WS);
        assertThat(farol.get(group + workspaces).json().at("/value/0/name").asString())
                .isEqualTo("main");
        assertThat(farol.get("/subscriptions/other").status()).isEqualTo(404);
        assertThat(farol.get("/tenants").json().at("/value/0/tenantId").asString()).hasSize(36);
    }

    @Test
    void derivesUrlsFromTheNameThatTheClientUsed() throws IOException {
        var headers =
                Headers.of(
                        "Authorization",
                        "Bearer " + farol.token("https://management.azure.com"),
                        "X-Forwarded-Host",
                        "farol.example:9443");
        Answer answer = farol.send("GET", WS + "?api-version=1", headers, null);

        assertThat(answer.json().at("/properties/discoveryUrl").asString())
                .isEqualTo("https://farol.example:9443/discovery");
        Answer discovery = farol.send("GET", "/discovery", new Headers(), null);
        assertThat(discovery.json().path("api").asString()).isEqualTo("https://127.0.0.1:8443");
    }
}
