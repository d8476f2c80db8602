package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Schemathesis on the document of the Open Inference Protocol that a deployment serves. */
class OipFuzzFullE2E extends OipDeployment {
    @Test
    void noRequestOfTheDocumentIsAnsweredWithAServersError() throws Exception {
        String base = farol.scoringUri("credit").replaceAll("/score$", "");

        Schemathesis.noServersError(farol, base + "/swagger.json?version=3", base, key, "blue");

        var alive = farol.score(base + "/v2/repository/index", key, "{}", "x-test", "1");
        assertThat(alive.statusCode()).as(alive.body()).isEqualTo(200);
    }
}
