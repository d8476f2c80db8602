package dev.farol.e2e;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A replica beside Azure ML's own inference server: the same requests, the same answers. */
class InferenceFullE2E {
    @Test
    void everyAnswerIsTheSameAsOfTheServerItStandsInFor() throws Exception {
        Path python =
                ClientTools.python(
                        "azureml-inference-server-http-1.5.1",
                        "azureml-inference-server-http==1.5.1",
                        "inference-schema==1.8",
                        "flask-cors==6.0.5",
                        "Flask==3.1.3",
                        "Werkzeug==3.1.9",
                        "gunicorn==27.0.1",
                        "numpy==2.4.6",
                        "pandas==3.1.1");
        Conformance.run(Duration.ofMinutes(15), python, List.of());
    }
}
