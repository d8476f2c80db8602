package dev.farol.runtime.face;

import dev.farol.runtime.ModelFacts;
import dev.farol.runtime.ScoreResult;
import dev.farol.wire.Headers;
import java.net.URLDecoder;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The answers of {@code /swagger.json}: which of a model's descriptions is meant. */
final class Swagger {
    private static final Set<String> VALID = Set.of("2", "2.0", "3", "3.0", "3.1");

    private Swagger() {}

    static ScoreResult answer(ModelFacts facts, @Nullable String query) {
        String version = version(query);
        String supported = "[" + String.join(", ", facts.swaggerVersions()) + "].";
        if (!VALID.contains(version)) {
            String text = "Swagger version [" + version + "] is not valid. Supported versions: ";
            return ScoreResult.message(404, false, text + supported);
        }
        String document = facts.swagger().get(version);
        if (document == null) {
            String text =
                    "Swagger version ["
                            + version
                            + "] is not supported for the scoring script. Supported swagger"
                            + " versions: ";
            return ScoreResult.message(404, false, text + supported);
        }
        return new ScoreResult(
                200,
                Headers.of("Content-Type", "application/json", "x-ms-run-function-failed", "False"),
                ByteBuffer.wrap(document.getBytes(StandardCharsets.UTF_8)));
    }

    /** The first value of {@code version} in the query; 2 without one. */
    private static String version(@Nullable String query) {
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                int mark = pair.indexOf('=');
                String name = mark < 0 ? pair : pair.substring(0, mark);
                if (decoded(name).equals("version")) {
                    return mark < 0 ? "" : decoded(pair.substring(mark + 1));
                }
            }
        }
        return "2";
    }

    private static String decoded(String text) {
        try {
            return URLDecoder.decode(text, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException notEncoded) {
            return text;
        }
    }
}
