package dev.farol.control;

import static dev.farol.control.Fixture.ENDPOINT;
import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

class EndpointIT {
    private static final String CREDIT = WS + "/onlineEndpoints/credit";

    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
    }

    @Test
    void beginsAnOperationThatCanBeFollowed() throws IOException {
        Answer put = farol.put(CREDIT, ENDPOINT);

        assertThat(put.status()).isEqualTo(201);
        JsonNode properties = put.json().path("properties");
        assertThat(properties.path("provisioningState").asString()).isEqualTo("Creating");
        assertThat(properties.path("scoringUri").isNull()).isTrue();
        assertThat(properties.path("authMode").asString()).isEqualTo("Key");
        String url = put.header("Azure-AsyncOperation");
        assertThat(properties.at("/properties/AzureAsyncOperationUri").asString()).isEqualTo(url);
        assertThat(put.header("Retry-After")).isEqualTo("1");
        assertThat(put.header("x-ms-async-operation-timeout")).isEqualTo("PT30M");
        assertThat(put.header("Location")).contains("/mfeOperationResults/oe:");
        assertThat(farol.nudged).containsExactly(ResourceId.parse(CREDIT));

        Answer poll = farol.get(path(url));
        assertThat(poll.status()).isEqualTo(200);
        assertThat(poll.json().path("status").asString()).isEqualTo("InProgress");
        assertThat(poll.header("x-ms-retry-after-ms")).isEqualTo("100");
        assertThat(poll.header("Retry-After")).isNull();
        assertThat(farol.get(path(put.header("Location"))).status()).isEqualTo(202);

        farol.settle();

        Answer end = farol.get(path(url));
        assertThat(end.json().path("status").asString()).isEqualTo("Succeeded");
        assertThat(end.json().path("percentComplete").asDouble()).isEqualTo(100.0);
        assertThat(end.header("x-ms-retry-after-ms")).isNull();
        Answer result = farol.get(path(put.header("Location")));
        assertThat(result.status()).isEqualTo(200);
        assertThat(result.json().at("/properties/scoringUri").asString())
                .isEqualTo("http://127.0.0.1:8080/api/v1/endpoint/credit/score");
    }

    @Test
    void showsTheScoringUriUnderTheNameThatTheClientUses() throws IOException {
        farol.endpoint("credit");
        var headers =
                dev.farol.wire.Headers.of(
                        "Authorization", "Bearer " + farol.token("https://ml.azure.com"));

        Answer answer =
                Fixture.send(
                        farol.api, "box.lan:8443", "GET", CREDIT + "?api-version=1", headers, null);

        assertThat(answer.json().at("/properties/scoringUri").asString())
                .isEqualTo("http://box.lan:8080/api/v1/endpoint/credit/score");
    }

    /** What the data plane reads from the bag is checked where it is written. */
    @ParameterizedTest
    @CsvSource({
        "farol.limits, azure, 201",
        "farol.limits, generous, 201",
        "farol.limits, none, 400",
        "farol.requests_per_second, 500, 201",
        "farol.requests_per_second, -1, 400",
        "farol.requests_per_second, many, 400",
        "farol.concurrent_requests, 20, 201",
        "farol.max_request_bytes, 1048576, 201",
        "farol.bytes_per_second, 5000000, 201",
        "farol.bytes_per_second, fast, 400",
        "farol.affinity, cookie:session, 201",
        "farol.affinity, header:X-User, 201",
        "farol.affinity, session, 400",
        "farol.affinity, header:, 400",
        "farol.cors_origins, 'https://a.example, https://b.example:8443', 201",
        "farol.cors_origins, *, 201",
        "farol.cors_origins, a.example, 400",
        "farol.unknown, x, 400",
        "unknown, x, 201",
    })
    void settingsOfTheDataPlaneAreChecked(String key, String value, int status) throws IOException {
        Answer put =
                farol.put(
                        CREDIT,
                        "{\"properties\":{\"authMode\":\"Key\",\"properties\":{\""
                                + key
                                + "\":\""
                                + value
                                + "\"}}}");

        assertThat(put.status()).as(put.text()).isEqualTo(status);
        if (status == 400) {
            assertThat(put.json().at("/error/target").asString())
                    .isEqualTo("/properties/properties/" + key);
            assertThat(put.message()).contains("expected");
        }
    }

    /** As after a way back to an older Farol. */
    @Test
    void aKeyOfAnotherVersionStaysUntilItIsChanged() throws IOException {
        farol.endpoint("credit");
        Resource stored = farol.store.resources().find(ResourceId.parse(CREDIT)).orElseThrow();
        ObjectNode spec = stored.spec().deepCopy();
        ObjectNode properties = (ObjectNode) spec.path("properties");
        properties.putObject("properties").put("farol.later", "x");
        farol.store.resources().updateSpec(stored.id(), stored.version(), spec, "another version");
        String body =
                "{\"location\":\"local\",\"tags\":{\"a\":\"b\"},\"properties\":{"
                        + "\"authMode\":\"key\",\"properties\":{\"farol.later\":\"x\"}}}";

        Answer same = farol.put(CREDIT, body);

        assertThat(same.status()).as(same.text()).isEqualTo(200);
        assertThat(same.json().at("/properties/properties/farol.later").asString()).isEqualTo("x");
        farol.settle();
        Answer changed = farol.put(CREDIT, body.replace("\"x\"", "\"y\""));
        assertThat(changed.status()).as(changed.text()).isEqualTo(400);
        assertThat(changed.json().at("/error/target").asString())
                .isEqualTo("/properties/properties/farol.later");
    }

    /** Decision 0007: no success is told of a cluster that nobody can attach. */
    @Test
    void refusesAClusterThatCannotBeThere() throws IOException {
        String cluster = WS + "/computes/cluster";

        Answer put =
                farol.put(
                        CREDIT,
                        "{\"properties\":{\"authMode\":\"Key\",\"compute\":\"" + cluster + "\"}}");

        assertThat(put.status()).as(put.text()).isEqualTo(400);
        assertThat(put.code()).isEqualTo("NotSupported");
        assertThat(put.json().at("/error/target").asString()).isEqualTo("/properties/compute");
        assertThat(put.message()).contains(cluster, "Kubernetes computes are not offered");
        assertThat(farol.store.resources().find(ResourceId.parse(CREDIT))).isEmpty();
    }

    @Test
    void refusesASecondWriteWhileOneRuns() throws IOException {
        String url = farol.put(CREDIT, ENDPOINT).header("Azure-AsyncOperation");

        Answer second = farol.put(CREDIT, ENDPOINT);

        assertThat(second.status()).isEqualTo(409);
        assertThat(second.code()).isEqualTo("Conflict");
        String operation = url.substring(url.indexOf("oe:"), url.indexOf('?'));
        assertThat(second.message()).contains(operation);
        assertThat(second.header("Retry-After")).isNull();
    }

    @Test
    void hasNothingToDoForThePutOfWhatIs() throws IOException {
        farol.endpoint("credit");
        farol.nudged.clear();
        String shown = farol.get(CREDIT).text();

        Answer again = farol.put(CREDIT, shown);

        assertThat(again.status()).isEqualTo(200);
        assertThat(again.json().at("/properties/provisioningState").asString())
                .isEqualTo("Succeeded");
        assertThat(farol.nudged).isEmpty();
        assertThat(
                        farol.get(path(again.header("Azure-AsyncOperation")))
                                .json()
                                .path("status")
                                .asString())
                .isEqualTo("Succeeded");
        Resource stored = farol.store.resources().find(ResourceId.parse(CREDIT)).orElseThrow();
        assertThat(stored.generation()).isEqualTo(1);
        assertThat(stored.spec().toString()).doesNotContain("AzureAsyncOperationUri", "systemData");
    }

    @Test
    void triesAgainAfterAFailure() throws IOException {
        farol.endpoint("credit");
        Resource stored = farol.store.resources().find(ResourceId.parse(CREDIT)).orElseThrow();
        farol.store
                .resources()
                .updateStatus(
                        stored.id(),
                        stored.version(),
                        stored.status().deepCopy().put("provisioningState", "Failed"));

        Answer again = farol.put(CREDIT, ENDPOINT);

        assertThat(again.json().at("/properties/provisioningState").asString())
                .isEqualTo("Updating");
        assertThat(farol.store.operations().unfinished()).hasSize(1);
    }

    @Test
    void ignoresWhatClientsEcho() throws IOException {
        farol.put(
                CREDIT,
                """
                {"id":"x","name":"y","type":"z","systemData":{"createdAt":"1"},"location":"eastus2",
                 "properties":{"authMode":"KEY","provisioningState":"Failed","scoringUri":"http://x",
                  "properties":{"createdBy":"me","createdAt":"1","lastModifiedAt":"2","mine":"yes",
                                "azureml.onlineendpointid":"x","AzureAsyncOperationUri":"x"}}}
                """);
        farol.settle();

        JsonNode shown = farol.get(CREDIT).json();

        assertThat(shown.path("name").asString()).isEqualTo("credit");
        assertThat(shown.path("location").asString()).isEqualTo("local");
        assertThat(shown.at("/properties/provisioningState").asString()).isEqualTo("Succeeded");
        JsonNode bag = shown.at("/properties/properties");
        assertThat(bag.propertyNames())
                .containsExactlyInAnyOrder(
                        "mine", "azureml.onlineendpointid", "AzureAsyncOperationUri");
        assertThat(bag.path("azureml.onlineendpointid").asString())
                .isEqualTo(CREDIT.toLowerCase(java.util.Locale.ROOT));
    }

    @Test
    void keepsFieldsThatItDoesNotKnow() throws IOException {
        farol.put(
                CREDIT,
                "{\"future\":{\"a\":[1]},\"properties\":{\"authMode\":\"Key\",\"next\":\"x\"}}");

        JsonNode shown = farol.get(CREDIT).json();

        assertThat(shown.at("/future/a/0").asInt()).isEqualTo(1);
        assertThat(shown.at("/properties/next").asString()).isEqualTo("x");
    }

    @Test
    void splitsTrafficAmongDeploymentsThatExist() throws IOException {
        twoDeployments();

        Answer put = traffic("{\"BLUE\":90,\"green\":\"10\",\"gone\":0}", "{}");

        assertThat(put.status()).as(put.text()).isEqualTo(200);
        assertThat(put.json().at("/properties/traffic").toString())
                .isEqualTo("{\"blue\":90,\"green\":10}");
    }

    @Test
    void tellsAllThatIsWrongWithTraffic() throws IOException {
        twoDeployments();

        Answer put = traffic("{\"blue\":90,\"red\":5}", "{\"blue\":60,\"green\":10}");

        assertThat(put.status()).isEqualTo(400);
        assertThat(put.code()).isEqualTo("BadArgument");
        assertThat(targets(put))
                .containsExactlyInAnyOrder(
                        "/properties/traffic/red",
                        "/properties/traffic",
                        "/properties/mirrorTraffic/blue",
                        "/properties/mirrorTraffic/blue",
                        "/properties/mirrorTraffic");
        assertThat(put.message()).contains("'red'").contains("blue, green").contains("90");
    }

    @Test
    void mirrorsToOneDeploymentWithoutLiveTraffic() throws IOException {
        twoDeployments();

        Answer put = traffic("{\"blue\":100}", "{\"green\":50}");

        assertThat(put.status()).isEqualTo(200);
        assertThat(put.json().at("/properties/mirrorTraffic/green").asInt()).isEqualTo(50);
    }

    @Test
    void takesNoTrafficAtCreation() throws IOException {
        Answer put = traffic("{\"blue\":100}", "{}");

        assertThat(put.status()).isEqualTo(400);
        assertThat(put.message()).contains("no traffic at creation");
        assertThat(traffic("{\"blue\":0}", "{}").status()).isEqualTo(201);
    }

    @Test
    void givesNoTrafficToWhatIsStillBeingCreated() throws IOException {
        farol.endpoint("credit");
        farol.assets();
        farol.put(CREDIT + "/deployments/blue", Fixture.DEPLOYMENT);

        Answer put = traffic("{\"blue\":100}", "{}");

        assertThat(put.status()).isEqualTo(409);
        assertThat(put.message()).contains("od:");
    }

    @Test
    void keepsTheAuthenticationOfItsCreation() throws IOException {
        farol.endpoint("credit");

        Answer put = farol.put(CREDIT, "{\"properties\":{\"authMode\":\"AMLToken\"}}");

        assertThat(put.status()).isEqualTo(400);
        assertThat(put.message()).contains("AMLToken").contains("expected: Key");
    }

    @Test
    void patchesWhatIsGivenAndKeepsTheRest() throws IOException {
        twoDeployments();
        traffic("{\"blue\":100}", "{}");
        farol.settle();

        Answer patch =
                farol.call(
                        "PATCH",
                        CREDIT,
                        "{\"tags\":{\"a\":1},\"properties\":{\"traffic\":{\"green\":100}}}");

        assertThat(patch.status()).isEqualTo(202);
        assertThat(patch.header("Location")).isNotEmpty();
        farol.settle();
        JsonNode shown = farol.get(CREDIT).json();
        assertThat(shown.at("/tags/a").asString()).isEqualTo("1");
        assertThat(shown.at("/properties/traffic").toString()).isEqualTo("{\"green\":100}");
        assertThat(shown.at("/properties/authMode").asString()).isEqualTo("Key");
        assertThat(farol.call("PATCH", WS + "/onlineEndpoints/none", "{}").status()).isEqualTo(404);
    }

    @Test
    void deletesOnceAndSaysWhenThereIsNothing() throws IOException {
        farol.endpoint("credit");

        Answer first = farol.delete(CREDIT);
        Answer second = farol.delete(CREDIT);

        assertThat(first.status()).isEqualTo(202);
        assertThat(first.text()).isEqualTo("null");
        assertThat(second.header("Location")).isEqualTo(first.header("Location"));
        assertThat(farol.get(CREDIT).json().at("/properties/provisioningState").asString())
                .isEqualTo("Deleting");
        assertThat(farol.put(CREDIT, ENDPOINT).status()).isEqualTo(409);
        farol.settle();
        assertThat(farol.get(path(first.header("Location"))).status()).isEqualTo(204);
        assertThat(farol.get(CREDIT).status()).isEqualTo(404);
        assertThat(farol.delete(CREDIT).status()).isEqualTo(204);
    }

    @Test
    void deletesWhatIsBeingCreated() throws IOException {
        farol.put(CREDIT, ENDPOINT);

        assertThat(farol.delete(CREDIT).status()).isEqualTo(202);
        assertThat(farol.store.operations().unfinished()).hasSize(2);
    }

    @Test
    void makesTwoKeysAndRotatesOneAtATime() throws IOException {
        farol.endpoint("credit");
        farol.nudged.clear();
        JsonNode before = farol.post(CREDIT + "/listKeys", "").json();
        String primary = before.path("primaryKey").asString();
        assertThat(primary)
                .hasSizeGreaterThan(40)
                .isNotEqualTo(before.path("secondaryKey").asString());

        // The SDK sends the present value: it must change all the same.
        Answer rotated =
                farol.post(
                        CREDIT + "/regenerateKeys",
                        "{\"keyType\":\"primary\",\"keyValue\":\"" + primary + "\"}");

        assertThat(rotated.status()).isEqualTo(200);
        JsonNode after = farol.post(CREDIT + "/LISTKEYS", "").json();
        assertThat(after.path("primaryKey").asString())
                .hasSizeGreaterThan(40)
                .isNotEqualTo(primary);
        assertThat(after.path("secondaryKey")).isEqualTo(before.path("secondaryKey"));
        assertThat(farol.nudged).hasSize(1);
        assertThat(farol.get(CREDIT).text()).doesNotContain(primary);

        farol.post(
                CREDIT + "/regenerateKeys",
                "{\"keyType\":\"Secondary\",\"keyValue\":\"a-key-that-i-want-to-have\"}");
        assertThat(farol.post(CREDIT + "/listKeys", "").json().path("secondaryKey").asString())
                .isEqualTo("a-key-that-i-want-to-have");
        assertThat(farol.post(CREDIT + "/regenerateKeys", "{\"keyType\":\"Both\"}").status())
                .isEqualTo(400);
        Answer weak =
                farol.post(
                        CREDIT + "/regenerateKeys",
                        "{\"keyType\":\"Primary\",\"keyValue\":\"short\"}");
        assertThat(weak.status()).isEqualTo(400);
        assertThat(weak.text()).doesNotContain("short\"");
    }

    @Test
    void takesTheKeysThatTheUserBrings() throws IOException {
        farol.put(
                CREDIT,
                "{\"properties\":{\"authMode\":\"Key\",\"keys\":{\"PrimaryKey\":"
                        + "\"0123456789abcdef-mine\"}}}");

        JsonNode keys = farol.post(CREDIT + "/listKeys", "").json();

        assertThat(keys.path("primaryKey").asString()).isEqualTo("0123456789abcdef-mine");
        assertThat(keys.path("secondaryKey").asString()).hasSizeGreaterThan(40);
        Resource stored = farol.store.resources().find(ResourceId.parse(CREDIT)).orElseThrow();
        assertThat(stored.spec().toString()).doesNotContain("0123456789abcdef-mine");
        assertThat(
                        new String(
                                farol.store
                                        .resources()
                                        .secret(stored.id(), "primaryKey")
                                        .orElseThrow(),
                                StandardCharsets.UTF_8))
                .isEqualTo("0123456789abcdef-mine");
    }

    @Test
    void hasKeysOrTokensNeverBoth() throws IOException {
        farol.endpoint("credit");
        assertThat(farol.post(CREDIT + "/token", "").status()).isEqualTo(400);
        String other = WS + "/onlineEndpoints/tokens";
        farol.put(other, "{\"properties\":{\"authMode\":\"amltoken\"}}");

        assertThat(farol.post(other + "/listKeys", "").code()).isEqualTo("BadArgument");
        assertThat(farol.post(other + "/regenerateKeys", "{\"keyType\":\"Primary\"}").status())
                .isEqualTo(400);
        assertThat(farol.post(other + "/token", "").status()).isEqualTo(200);
    }

    @ParameterizedTest
    @ValueSource(strings = {"AMLToken", "aadToken"})
    void givesATokenThatIsGoodForTheEndpointOnly(String mode) throws Exception {
        String other = WS + "/onlineEndpoints/tokens";
        farol.put(other, "{\"properties\":{\"authMode\":\"" + mode + "\"}}");

        Answer answer = farol.post(other + "/token", null);

        assertThat(answer.status()).isEqualTo(200);
        assertThat(answer.header("Cache-Control")).isEqualTo("no-store");
        JsonNode body = answer.json();
        assertThat(body.path("tokenType").asString()).isEqualTo("Bearer");
        long end = body.path("expiryTimeUtc").asLong();
        assertThat(body.path("refreshAfterTimeUtc").asLong())
                .isLessThan(end)
                .isGreaterThan(farol.clock.instant().getEpochSecond());
        String token = body.path("accessToken").asString();
        var claims = com.nimbusds.jwt.SignedJWT.parse(token).getJWTClaimsSet();
        assertThat(claims.getStringClaim("endpointName")).isEqualTo("tokens");
        assertThat(claims.getStringClaim("actions")).contains("score/action");
        Answer refused =
                farol.send(
                        "GET",
                        WS + "?api-version=2024-04-01",
                        Headers.of("Authorization", "Bearer " + token),
                        null);
        assertThat(refused.status()).isEqualTo(401);
    }

    @Test
    void listsPageByPageAndFilters() throws IOException {
        for (int i = 0; i < 5; i++) {
            farol.put(
                    WS + "/onlineEndpoints/ep-" + i,
                    "{\"tags\":{\"odd\":\""
                            + (i % 2)
                            + "\"},\"properties\":{\"authMode\":\"Key\"}}");
            farol.clock.advance(java.time.Duration.ofSeconds(1));
        }

        var names = new ArrayList<String>();
        String url = WS + "/onlineEndpoints?count=2&orderBy=CreatedAtDesc&api-version=1";
        int pages = 0;
        while (!url.isEmpty()) {
            JsonNode page = farol.get(url).json();
            page.path("value").forEach(each -> names.add(each.path("name").asString()));
            String next = page.path("nextLink").asString("");
            assertThat(next)
                    .matches(text -> text.isEmpty() || text.startsWith("https://127.0.0.1"));
            url = next.isEmpty() ? "" : path(next);
            pages++;
        }

        assertThat(pages).isEqualTo(3);
        assertThat(names).containsExactly("ep-4", "ep-3", "ep-2", "ep-1", "ep-0");
        assertThat(list("?name=EP-3")).containsExactly("ep-3");
        assertThat(list("?tags=odd=1")).containsExactly("ep-1", "ep-3");
        assertThat(list("?computeType=Kubernetes")).isEmpty();
        assertThat(list("?count=2&tags=odd=0")).containsExactly("ep-0", "ep-2");
        assertThat(farol.get(WS + "/onlineEndpoints?count=x").status()).isEqualTo(400);
    }

    private List<String> list(String query) throws IOException {
        var names = new ArrayList<String>();
        farol.get(WS + "/onlineEndpoints" + query)
                .json()
                .path("value")
                .forEach(each -> names.add(each.path("name").asString()));
        return names;
    }

    private void twoDeployments() throws IOException {
        farol.endpoint("credit");
        farol.assets();
        farol.deployment("credit", "blue");
        farol.deployment("credit", "green");
    }

    private Answer traffic(String traffic, String mirror) throws IOException {
        return farol.put(
                CREDIT,
                "{\"properties\":{\"authMode\":\"Key\",\"traffic\":"
                        + traffic
                        + ",\"mirrorTraffic\":"
                        + mirror
                        + "}}");
    }

    private static List<String> targets(Answer answer) {
        var targets = new ArrayList<String>();
        answer.json()
                .path("error")
                .path("details")
                .forEach(each -> targets.add(each.path("target").asString()));
        return targets;
    }

    private static String path(String url) {
        assertThat(url).startsWith("https://127.0.0.1:8443/");
        return url.substring("https://127.0.0.1:8443".length());
    }
}
