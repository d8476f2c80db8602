package dev.farol.mlflow;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Objects;

/** The scoring script that serves any MLflow model, called as Azure calls its own. */
public final class ScoringScript {
    /** Its file's name. */
    public static final String NAME = "mlflow_score_script.py";

    /** The variable that says where below AZUREML_MODEL_DIR the model lies. */
    public static final String MODEL_FOLDER = "MLFLOW_MODEL_FOLDER";

    private ScoringScript() {}

    /** Puts it into a folder, which is then the code folder of a deployment. */
    public static void write(Path folder) throws IOException {
        Files.createDirectories(folder);
        try (InputStream script =
                Objects.requireNonNull(ScoringScript.class.getResourceAsStream(NAME), NAME)) {
            Files.copy(script, folder.resolve(NAME), StandardCopyOption.REPLACE_EXISTING);
        }
    }
}
