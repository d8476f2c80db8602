package dev.farol.runtime.serve;

import dev.farol.runtime.ScoreRequest;
import dev.farol.runtime.serve.Request.Form;
import dev.farol.runtime.serve.Request.Refused;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.Tensor;
import dev.farol.runtime.tensor.TensorInfo;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Which bodies a model takes and gives, by {@code Content-Type} and {@code Accept}. */
final class Codecs {
    private static final String JSON = "application/json";
    private static final String CSV = "text/csv";
    private static final String NPY = "application/x-npy";
    private static final List<String> GIVEN = List.of(JSON, CSV, NPY, Arrow.TYPE);
    private static final List<String> PICTURES = List.of("image/jpeg", "image/png");

    /** More bytes than these are not read or written on the loop. */
    static final int LARGE = Coders.LARGE;

    private final ModelInfo model;
    private final List<String> signature;
    private final Answer usual;
    private final @Nullable ImageBody pictures;
    private final long maxBody;

    /**
     * @param pictures reads them; null when the model does not say how
     * @param maxBody of a request after it is decompressed, in bytes
     */
    Codecs(
            ModelInfo model,
            List<String> signature,
            Set<String> jsonOutputs,
            AnswerStyle style,
            @Nullable ImageBody pictures,
            long maxBody) {
        this.model = model;
        this.signature = signature;
        this.usual = new Written(JSON, new JsonAnswer(model, jsonOutputs, style)::write);
        this.pictures = pictures;
        this.maxBody = maxBody;
    }

    /** How an answer is written. */
    interface Answer {
        String contentType();

        /**
         * @throws Refused 406 when these outputs cannot be written so
         */
        ByteBuffer write(Request request, List<Tensor> outputs);
    }

    private record Written(String contentType, Writer writer) implements Answer {
        @Override
        public ByteBuffer write(Request request, List<Tensor> outputs) {
            return writer.write(request, outputs);
        }
    }

    private interface Writer {
        ByteBuffer write(Request request, List<Tensor> outputs);
    }

    /**
     * @throws Refused 406 when no form that is accepted is one that is given
     */
    Answer answer(ScoreRequest request) {
        String accept = request.headers().joined("Accept");
        if (accept == null || accept.equals("*/*") || accept.equals(JSON)) {
            return usual;
        }
        String output = output(request.query());
        return switch (best(accept)) {
            case CSV ->
                    new Written(
                            CSV + "; charset=utf-8", (asked, outputs) -> CsvAnswer.write(outputs));
            case Arrow.TYPE ->
                    new Written(Arrow.TYPE, (asked, outputs) -> ArrowAnswer.write(outputs));
            case NPY -> new Written(NPY, (asked, outputs) -> Npy.write(only(outputs, output)));
            default -> usual;
        };
    }

    /** The first of those that are wanted most. */
    private static String best(String accept) {
        String best = null;
        double most = 0;
        for (String range : accept.split(",")) {
            String[] parts = range.split(";");
            String type = parts[0].strip().toLowerCase(Locale.ROOT);
            double weight = weight(parts);
            String given =
                    switch (type) {
                        case "*/*", "application/*", "" -> JSON;
                        case "text/*" -> CSV;
                        default -> GIVEN.contains(type) ? type : null;
                    };
            if (given != null && weight > most) {
                best = given;
                most = weight;
            }
        }
        if (best == null) {
            throw new Refused(
                    406,
                    "Accept is " + accept + " (expected one of: " + String.join(", ", GIVEN) + ")");
        }
        return best;
    }

    private static double weight(String[] parts) {
        for (int i = 1; i < parts.length; i++) {
            String parameter = parts[i].strip();
            if (parameter.startsWith("q=")) {
                try {
                    return Double.parseDouble(parameter.substring(2));
                } catch (NumberFormatException none) {
                    return 0;
                }
            }
        }
        return 1;
    }

    /** The output that the query names. */
    private static @Nullable String output(String query) {
        for (String pair : query.split("&")) {
            if (pair.startsWith("output=")) {
                try {
                    return URLDecoder.decode(
                            pair.substring("output=".length()), StandardCharsets.UTF_8);
                } catch (IllegalArgumentException notEncoded) {
                    return pair.substring("output=".length());
                }
            }
        }
        return null;
    }

    private static Tensor only(List<Tensor> outputs, @Nullable String name) {
        List<String> names = outputs.stream().map(Tensor::name).toList();
        if (name == null && outputs.size() == 1) {
            return outputs.getFirst();
        }
        int place = name == null ? -1 : names.indexOf(name);
        if (place < 0) {
            throw new Refused(
                    406,
                    "A .npy file holds one array, and the model gives "
                            + names
                            + " (expected: the query ?output= with one of them)");
        }
        return outputs.get(place);
    }

    /**
     * @throws Refused 415 for a content type that is not taken, 400 for a body that is not what the
     *     model takes
     */
    Request read(ScoreRequest request) {
        String plain = type(request);
        if (pictures != null && PICTURES.contains(plain)) {
            return pictures.read(model, request.body());
        }
        return switch (plain) {
            // What clients send unless they are told: as the scoring servers of Azure ML do, the
            // body is looked at.
            case JSON, "", "text/plain", "application/x-www-form-urlencoded" ->
                    JsonBody.read(model, signature, request.body());
            case CSV -> CsvBody.read(model, signature, request.body());
            case Arrow.TYPE -> Arrow.read(model, signature, request.body(), maxBody);
            case NPY -> Request.of(List.of(Npy.read(onlyInput(), request.body())), Form.TENSORS);
            default ->
                    throw new Refused(
                            415,
                            "The content type "
                                    + plain
                                    + " is not taken (expected one of: "
                                    + taken()
                                    + ")");
        };
    }

    /** Whether the body takes so long to read that the loop must not. */
    boolean slow(ScoreRequest request) {
        if (request.body().remaining() > LARGE) {
            return true;
        }
        String type = type(request);
        return (pictures != null && PICTURES.contains(type))
                || (type.equals(Arrow.TYPE) && Arrow.compressed(request.body()));
    }

    private static String type(ScoreRequest request) {
        String type = request.contentType();
        return type == null || type.equals(JSON)
                ? JSON
                : type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    }

    private String taken() {
        String usual = String.join(", ", GIVEN);
        return pictures == null ? usual : usual + ", " + String.join(", ", PICTURES);
    }

    private TensorInfo onlyInput() {
        if (model.inputs().size() != 1) {
            throw new Refused(
                    "A .npy file holds one array, and the model has the inputs "
                            + model.inputs().stream().map(TensorInfo::name).toList()
                            + " (expected: "
                            + JSON
                            + ")");
        }
        return model.inputs().getFirst();
    }
}
