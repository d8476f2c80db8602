package dev.farol.mlflow;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The script that converts a model to ONNX and compares the two: {@code convert_to_onnx.py MODEL
 * OUT}. It writes {@link #MODEL}, with a copy of the file {@code MLmodel} beside it, when they
 * agree; its last line is {@code {"converted": true or false, "reason": one sentence}}.
 */
public final class OnnxConversion {
    /** Its file's name. */
    public static final String NAME = "convert_to_onnx.py";

    /** What it makes. */
    public static final String MODEL = "model.onnx";

    /** The flavours that can be converted. */
    public static final List<String> FLAVORS = List.of("sklearn", "xgboost", "lightgbm");

    /** What it needs beside the model's own packages, as lines for pip. */
    public static final List<String> PACKAGES =
            List.of("onnx", "onnxruntime", "skl2onnx", "onnxmltools");

    /** Changes with the script: what an older one made of a model may promise less. */
    public static final String VERSION = "2";

    private OnnxConversion() {}

    /** Writes the script. */
    public static void write(Path file) throws IOException {
        try (InputStream script =
                Objects.requireNonNull(OnnxConversion.class.getResourceAsStream(NAME), NAME)) {
            Files.copy(script, file);
        }
    }
}
