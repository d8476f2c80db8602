package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** Models of scikit-learn and XGBoost that ask for ONNX, with the real converters. */
class ConversionFullE2E {
    private static final List<String> PACKAGES =
            List.of("mlflow==3.17.2", "scikit-learn==1.7.2", "skops==0.16.0", "xgboost==3.2.0");
    private static final String CONVERT = "environment_variables: {FAROL_NATIVE: convert}";

    @Test
    void whatAgreesIsServedWithoutPython() throws Exception {
        try (var farol = new Farol()) {
            farol.up();
            var models = new MlflowModels(farol);
            models.save(PACKAGES, "classifier", "pipeline", "xgboost", "pyfunc");
            models.endpoint();

            for (String flavor : List.of("classifier", "xgboost")) {
                models.deploy(flavor, models.model(flavor), CONVERT).ok();
                assertThat(told(farol, flavor, "farol.server"))
                        .as(told(farol, flavor, "farol.serverReason"))
                        .isEqualTo("onnxruntime");
                assertThat(told(farol, flavor, "farol.serverReason"))
                        .startsWith("FAROL_NATIVE=convert. Converted to ONNX: the answers to 4");
                models.answersAsMlflowInItsOwnWords(flavor, flavor);
            }

            models.deploy("pyfunc", models.model("pyfunc"), CONVERT).ok();
            assertThat(told(farol, "pyfunc", "farol.server")).isEqualTo("mlflow");
            assertThat(told(farol, "pyfunc", "farol.serverReason"))
                    .contains("of which none can be converted");
            models.answersAsMlflow("pyfunc", "pyfunc");

            // Whichever it is, the answers are MLflow's and the choice is told.
            models.deploy("pipeline", models.model("pipeline"), CONVERT).ok();
            assertThat(told(farol, "pipeline", "farol.serverReason"))
                    .startsWith("FAROL_NATIVE=convert. ");
            models.answersAsMlflow("pipeline", "pipeline");
        }
    }

    private static String told(Farol farol, String deployment, String key) throws Exception {
        return farol.run(
                        "online-deployment",
                        "show",
                        "-n",
                        deployment,
                        "-e",
                        "ncd",
                        "--query",
                        "properties.\"" + key + "\"",
                        "-o",
                        "tsv")
                .ok()
                .out()
                .strip();
    }
}
