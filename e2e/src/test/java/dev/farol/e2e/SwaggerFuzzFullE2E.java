package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Schemathesis makes requests of every Swagger document of deployments, right ones and wrong ones,
 * and sends them through the gateway: no answer may be a server's own error.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SwaggerFuzzFullE2E {
    private static final String DECORATED =
            """
            from inference_schema.schema_decorators import input_schema, output_schema
            from inference_schema.parameter_types.standard_py_parameter_type import StandardPythonParameterType

            def init(): pass

            @input_schema("data", StandardPythonParameterType({"name": "x", "values": [1.5, 2.5], "deep": {"a": True}}))
            @input_schema("times", StandardPythonParameterType(3))
            @output_schema(StandardPythonParameterType({"count": 1}))
            def run(data, times):
                return {"count": times if isinstance(times, int) else 0}
            """;

    private Farol farol;
    private String key;

    @BeforeAll
    void start() throws Exception {
        farol = new Farol();
        var project = new Project(farol);
        farol.up();
        farol.run("online-endpoint", "create", "-f", project.path("endpoint.yml")).ok();
        project.script("def init(): pass\ndef run(raw): return {'length': len(raw)}\n");
        farol.run("online-deployment", "create", "-f", project.path("blue-deployment.yml")).ok();
        project.script(DECORATED);
        project.conda("pip", "pip:\n      - inference-schema==1.8");
        farol.run("online-deployment", "create", "-f", project.path("green-deployment.yml")).ok();
        farol.run("online-endpoint", "update", "-n", "credit", "--traffic", "blue=100").ok();
        key = farol.key("credit");
    }

    @AfterAll
    void stop() throws Exception {
        farol.close();
    }

    @ParameterizedTest
    @CsvSource({"blue, 2", "blue, 3", "green, 2", "green, 3"})
    void noRequestOfTheDocumentIsAnsweredWithAServersError(String deployment, String version)
            throws Exception {
        String base = farol.scoringUri("credit").replaceAll("/score$", "");
        Schemathesis.noServersError(
                farol, base + "/swagger.json?version=" + version, base, key, deployment);
        var alive = farol.score(base + "/score", key, "{}", "azureml-model-deployment", "blue");
        assertThat(alive.statusCode()).isEqualTo(200);
    }
}
