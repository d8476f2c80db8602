package dev.farol.runtime.serve;

import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** Which bodies a model takes and gives, by content type. */
final class Codecs {
    private static final String JSON = "application/json";

    private final ModelInfo model;
    private final List<String> signature;
    private final JsonAnswer json;

    Codecs(ModelInfo model, List<String> signature, Set<String> jsonOutputs, boolean mlflow) {
        this.model = model;
        this.signature = signature;
        this.json = new JsonAnswer(model, jsonOutputs, mlflow);
    }

    /** How an answer is written. */
    interface Answer {
        String contentType();

        ByteBuffer write(Request request, List<Tensor> outputs);
    }

    Answer answer(ScoreRequest request) {
        return new Answer() {
            @Override
            public String contentType() {
                return JSON;
            }

            @Override
            public ByteBuffer write(Request asked, List<Tensor> outputs) {
                return json.write(asked, outputs);
            }
        };
    }

    Request read(ScoreRequest request) {
        String type = request.contentType();
        String plain = type == null ? JSON : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return switch (plain) {
            // What curl sends unless it is told: as the scoring servers of Azure ML do, the body is
            // looked at.
            case JSON, "", "text/plain", "application/x-www-form-urlencoded" ->
                    JsonBody.read(model, signature, request.body());
            default ->
                    throw new Refused(
                            415,
                            "The content type " + plain + " is not taken (expected: " + JSON + ")");
        };
    }
}
