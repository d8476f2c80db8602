package dev.farol.control;

import static dev.farol.control.Fixture.DEPLOYMENT;
import static dev.farol.control.Fixture.WS;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.Fixture.Answer;
import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** {@code POST …/deployments/{d}/restart} as its callers see it. */
class RestartIT {
    private static final String CREDIT = WS + "/onlineEndpoints/credit";
    private static final String BLUE = CREDIT + "/deployments/blue";
    private static final String RESTART = BLUE + "/restart";

    @TempDir Path home;
    @AutoClose private Fixture farol;

    @BeforeEach
    void open() throws IOException {
        farol = Fixture.withAssets(home, "credit");
    }

    @Test
    void isAcceptedAndFollowedLikeAnUpdate() throws IOException {
        farol.deployment("credit", "blue");
        farol.nudged.clear();

        Answer accepted = farol.post(RESTART, "");

        assertThat(accepted.status()).as(accepted.text()).isEqualTo(202);
        assertThat(accepted.json().path("name").asString()).isEqualTo("blue");
        assertThat(state(accepted)).isEqualTo("Updating");
        assertThat(accepted.header("Retry-After")).isEqualTo("1");
        assertThat(accepted.header("ETag")).isEqualTo(farol.get(BLUE).header("ETag"));
        assertThat(farol.nudged).containsExactly(ResourceId.parse(BLUE));
        assertThat(farol.store.operations().unfinished())
                .singleElement()
                .satisfies(
                        operation -> {
                            assertThat(operation.kind()).isEqualTo(Operation.Kind.UPDATE);
                            assertThat(operation.id()).startsWith("od:");
                        });
        String status = path(accepted.header("Azure-AsyncOperation"));
        String result = path(accepted.header("Location"));
        assertThat(farol.get(status).json().path("status").asString()).isEqualTo("InProgress");
        assertThat(farol.get(result).status()).isEqualTo(202);

        farol.settle();

        assertThat(farol.get(status).json().path("status").asString()).isEqualTo("Succeeded");
        assertThat(farol.get(result).status()).isEqualTo(200);
        assertThat(state(farol.get(result))).isEqualTo("Succeeded");
    }

    @Test
    void changesNothingThatAUserWrote() throws IOException {
        farol.deployment("credit", "blue");
        JsonNode before = withoutOperation(farol.get(BLUE));
        farol.clock.advance(Duration.ofMinutes(1));

        farol.post(RESTART, "");
        farol.settle();

        assertThat(withoutOperation(farol.get(BLUE))).isEqualTo(before);
        farol.put(BLUE, DEPLOYMENT);
        assertThat(farol.store.operations().unfinished()).as("the same again is nothing").isEmpty();
        assertThat(withoutOperation(farol.get(BLUE))).isEqualTo(before);
    }

    @Test
    void eachIsAnotherWish() throws IOException {
        farol.deployment("credit", "blue");
        farol.post(RESTART, "");
        farol.settle();
        String first = restart();

        assertThat(farol.put(BLUE, DEPLOYMENT.replace("DS3", "DS2")).status()).isEqualTo(200);
        farol.settle();
        assertThat(restart()).as("a write takes nothing of it back").isEqualTo(first);

        farol.post(RESTART, "");
        assertThat(restart()).isNotEmpty().isNotEqualTo(first);
    }

    @Test
    void waitsForNobody() throws IOException {
        farol.put(BLUE, DEPLOYMENT);
        String creation = farol.store.operations().unfinished().getFirst().id();

        Answer refused = farol.post(RESTART, "");

        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.code()).isEqualTo("Conflict");
        assertThat(refused.message()).contains("'blue' is busy", creation, "Try again when it has");
        farol.settle();
        assertThat(farol.post(RESTART, "").status()).isEqualTo(202);
        assertThat(farol.post(RESTART, "").status()).as("a second one").isEqualTo(409);
        assertThat(farol.put(BLUE, DEPLOYMENT).status()).as("a write").isEqualTo(409);
        farol.settle();
        farol.delete(BLUE);
        assertThat(farol.post(RESTART, "").status()).as("while it is deleted").isEqualTo(409);
    }

    @Test
    void takesOneThatFailed() throws IOException {
        farol.put(BLUE, DEPLOYMENT);
        var stored = farol.store.resources().find(ResourceId.parse(BLUE)).orElseThrow();
        farol.store
                .resources()
                .updateStatus(
                        stored.id(),
                        stored.version(),
                        stored.status().deepCopy().put("provisioningState", "Failed"));
        farol.store
                .operations()
                .finish(
                        stored.status().path("operation").asString(),
                        Operation.Status.FAILED,
                        null);

        assertThat(farol.post(RESTART, "").status()).isEqualTo(202);
        assertThat(state(farol.get(BLUE))).isEqualTo("Updating");
    }

    @Test
    void needsADeploymentAndTheOneThatIsMeant() throws IOException {
        Answer none = farol.post(RESTART, "");
        assertThat(none.status()).isEqualTo(404);
        assertThat(none.message()).contains("'credit' has no deployment 'blue'");
        Answer nowhere = farol.post(RESTART.replace("credit", "debit"), "");
        assertThat(nowhere.status()).isEqualTo(404);
        assertThat(nowhere.message()).contains("no online endpoint 'debit'");
        farol.deployment("credit", "blue");
        assertThat(farol.get(RESTART).status()).isEqualTo(405);

        Answer stale =
                farol.send(
                        "POST",
                        RESTART + "?api-version=1",
                        Headers.of(
                                "Authorization",
                                "Bearer " + farol.token("https://management.azure.com/.default"),
                                "If-Match",
                                "\"0\""),
                        new byte[0]);

        assertThat(stale.status()).isEqualTo(412);
        assertThat(farol.store.operations().unfinished()).isEmpty();
    }

    private String restart() {
        return farol.store
                .resources()
                .find(ResourceId.parse(BLUE))
                .orElseThrow()
                .status()
                .path("restart")
                .asString("");
    }

    /** The resource but for the link to its last operation. */
    private static JsonNode withoutOperation(Answer answer) {
        JsonNode body = answer.json();
        ((ObjectNode) body.at("/properties/properties")).remove("AzureAsyncOperationUri");
        return body;
    }

    private static String state(Answer answer) {
        return answer.json().at("/properties/provisioningState").asString();
    }

    private static String path(String url) {
        return url.substring("https://127.0.0.1:8443".length());
    }
}
