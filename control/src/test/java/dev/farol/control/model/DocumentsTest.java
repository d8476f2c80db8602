package dev.farol.control.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.control.model.StatusDocument.LastGood;
import dev.farol.kit.Json;
import dev.farol.spec.AuthMode;
import dev.farol.spec.Condition;
import dev.farol.spec.ProbeSettings;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.node.ObjectNode;

class DocumentsTest {
    private static final ResourceId ENDPOINT =
            ResourceId.workspace("s", "g", "w").child("onlineEndpoints", "credit");
    private static final ResourceId BLUE = ENDPOINT.child("deployments", "blue");

    @Test
    void anEmptyDeploymentHasEveryDefault() {
        OnlineDeployment deployment = OnlineDeployment.of(BLUE, Json.object(), null);

        assertThat(deployment.model()).isNull();
        assertThat(deployment.capacity()).isEqualTo(1);
        assertThat(deployment.requestSettings()).isEqualTo(RequestSettings.DEFAULT);
        assertThat(deployment.liveness()).isEqualTo(ProbeSettings.DEFAULT);
        assertThat(deployment.readiness()).isEqualTo(ProbeSettings.DEFAULT);
        assertThat(deployment.instanceType()).isEqualTo("Standard_DS3_v2");
        assertThat(deployment.endpoint()).isEqualTo(ENDPOINT);
    }

    @Test
    void readsADeploymentWhateverTheCaseOfItsNamesAndTheTypesOfItsScalars() {
        OnlineDeployment deployment =
                OnlineDeployment.of(
                        BLUE,
                        json(
                                """
                                {"SKU": {"Capacity": "3"},
                                 "properties": {
                                   "Model": "m", "ENVIRONMENTID": "e", "instancetype": "big",
                                   "codeConfiguration": {"codeId": "c", "scoringscript": "a/score.py"},
                                   "environmentVariables": {"A": 1, "b": true, "C": null, "D": "x"},
                                   "requestSettings": {"maxConcurrentRequestsPerInstance": 4,
                                     "maxQueueWait": "PT1S", "requestTimeout": "nonsense"},
                                   "livenessProbe": {"period": "PT1S", "failureThreshold": 2}}}
                                """),
                        null);

        assertThat(deployment.capacity()).isEqualTo(3);
        assertThat(deployment.model()).isEqualTo("m");
        assertThat(deployment.environment()).isEqualTo("e");
        assertThat(deployment.code()).isEqualTo("c");
        assertThat(deployment.scoringScript()).isEqualTo("a/score.py");
        assertThat(deployment.environmentVariables())
                .isEqualTo(Map.of("A", "1", "b", "true", "D", "x"));
        assertThat(deployment.requestSettings())
                .isEqualTo(new RequestSettings(4, Duration.ofSeconds(1), Duration.ofSeconds(5)));
        assertThat(deployment.liveness().failureThreshold()).isEqualTo(2);
        assertThat(deployment.liveness().timeout()).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    void onlyTheCapacityLeavesTheFingerprintAsItIs() {
        ObjectNode spec = json("{\"properties\": {\"model\": \"m\"}}");
        String before = OnlineDeployment.of(BLUE, spec, null).fingerprint();

        spec.putObject("sku").put("capacity", 7);
        assertThat(OnlineDeployment.of(BLUE, spec, null).fingerprint()).isEqualTo(before);

        for (String change :
                new String[] {
                    "{\"model\": \"n\"}",
                    "{\"model\": \"m\", \"environmentId\": \"e\"}",
                    "{\"model\": \"m\", \"environmentVariables\": {\"A\": \"\"}}",
                    "{\"model\": \"m\", \"instanceType\": \"big\"}",
                    "{\"model\": \"m\", \"codeConfiguration\": {\"codeId\": \"c\"}}",
                    "{\"model\": \"m\", \"codeConfiguration\": {\"scoringScript\": \"c\"}}",
                    "{\"model\": \"m\", \"requestSettings\": {\"requestTimeout\": \"PT6S\"}}",
                    "{\"model\": \"m\", \"livenessProbe\": {\"period\": \"PT1S\"}}",
                    "{\"model\": \"m\", \"readinessProbe\": {\"period\": \"PT1S\"}}",
                }) {
            spec.set("properties", json(change));
            assertThat(OnlineDeployment.of(BLUE, spec, null).fingerprint())
                    .as(change)
                    .isNotEqualTo(before);
        }
    }

    @Test
    void aRestartIsInTheFingerprintAndInNoDocument() {
        ObjectNode spec = json("{\"properties\": {\"model\": \"m\"}}");
        String before = OnlineDeployment.of(BLUE, spec, null).fingerprint();
        String first = OnlineDeployment.of(BLUE, spec, "od:1").fingerprint();

        assertThat(first).isNotEqualTo(before);
        assertThat(OnlineDeployment.of(BLUE, spec, "od:2").fingerprint()).isNotIn(before, first);
        Resource restarted = resource(BLUE, spec.toString(), "{\"restart\": \"od:1\"}");
        assertThat(OnlineDeployment.of(restarted).fingerprint()).isEqualTo(first);
    }

    @Test
    void theLastGoodDocumentKnowsItsRestart() {
        StatusDocument status = StatusDocument.of(resource(BLUE, "{}", "{}"));
        assertThat(status.restart()).isNull();

        status.restart("od:2").lastGood(new LastGood(7, json("{\"a\": 1}"), "od:1"));

        assertThat(status.json().toString())
                .isEqualTo(
                        "{\"restart\":\"od:2\",\"lastGood\":{\"generation\":7,"
                                + "\"spec\":{\"a\":1},\"restart\":\"od:1\"}}");
        assertThat(status.lastGood().orElseThrow().restart()).isEqualTo("od:1");
        status.restart(null).lastGood(new LastGood(7, json("{}"), null));
        assertThat(status.json().toString())
                .isEqualTo("{\"lastGood\":{\"generation\":7,\"spec\":{}}}");
    }

    @Test
    void readsAnEndpoint() {
        OnlineEndpoint endpoint =
                OnlineEndpoint.of(
                        resource(
                                ENDPOINT,
                                """
                                {"location": "here",
                                 "properties": {"authmode": "amltoken",
                                 "traffic": {"Blue": 90, "green": "10", "grey": 0},
                                 "properties": {
                                  "farol.cors_origins": " https://a.example ,https://b.example,"},
                                 "mirrorTraffic": {"grey": 20}}}
                                """,
                                "{}"));

        assertThat(endpoint.region()).isEqualTo("here");
        assertThat(endpoint.authMode()).isEqualTo(AuthMode.AML_TOKEN);
        assertThat(endpoint.traffic()).isEqualTo(Map.of("blue", 90, "green", 10));
        assertThat(endpoint.mirror()).isEqualTo(Map.of("grey", 20));
        assertThat(endpoint.settings().corsOrigins())
                .containsExactly("https://a.example", "https://b.example");
        assertThat(OnlineEndpoint.of(resource(ENDPOINT, "{}", "{}")).settings().corsOrigins())
                .isEmpty();
    }

    @Test
    void aCondaFileMayBeTextOrTheSameAsJson() {
        ResourceId id = ENDPOINT.workspaceId().child("environments", "e").child("versions", "1");

        assertThat(
                        EnvironmentVersion.of(
                                        resource(
                                                id,
                                                "{\"properties\":{\"condaFile\":\"a: b\"}}",
                                                "{}"))
                                .condaFile())
                .isEqualTo("a: b");
        assertThat(
                        EnvironmentVersion.of(
                                        resource(
                                                id,
                                                "{\"properties\":{\"condaFile\":{\"a\":\"b\"}}}",
                                                "{}"))
                                .condaFile())
                .isEqualTo("{\"a\":\"b\"}");
        assertThat(
                        EnvironmentVersion.of(
                                        resource(id, "{\"properties\":{\"image\":\"i\"}}", "{}"))
                                .condaFile())
                .isNull();
    }

    @Test
    void aStatusKeepsWhatItDoesNotKnow() {
        StatusDocument status =
                StatusDocument.of(
                        resource(
                                BLUE,
                                "{}",
                                "{\"provisioningState\": \"Updating\", \"other\": [1],"
                                        + " \"operation\": \"od:1\"}"));

        assertThat(status.state()).isEqualTo(ProvisioningState.UPDATING);
        assertThat(status.operation()).isEqualTo("od:1");
        assertThat(status.state(ProvisioningState.FAILED).json().toString())
                .isEqualTo(
                        "{\"provisioningState\":\"Failed\",\"other\":[1],\"operation\":\"od:1\"}");
    }

    @Test
    void aConditionKeepsItsTimeWhileItsStatusStays() {
        StatusDocument status = StatusDocument.of(resource(BLUE, "{}", "{}"));
        status.condition(ready(Condition.Status.FALSE, "Starting", 1));
        status.condition(ready(Condition.Status.FALSE, "Waiting", 2));
        assertThat(time(status)).isEqualTo("1970-01-01T00:00:01Z");

        status.condition(ready(Condition.Status.TRUE, "Serving", 3));
        assertThat(time(status)).isEqualTo("1970-01-01T00:00:03Z");
        assertThat(status.json().path("conditions")).hasSize(1);
    }

    private static Condition ready(Condition.Status status, String reason, int second) {
        return new Condition("Ready", status, reason, "", 1, Instant.ofEpochSecond(second));
    }

    private static String time(StatusDocument status) {
        return status.json().path("conditions").path(0).path("lastTransitionTime").asString();
    }

    private static ObjectNode json(String text) {
        return (ObjectNode) Json.STRICT.readTree(text);
    }

    private static Resource resource(ResourceId id, String spec, String status) {
        return new Resource(
                id, 1, 1, json(spec), json(status), "me", Instant.EPOCH, "me", Instant.EPOCH);
    }
}
