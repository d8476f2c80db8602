package dev.farol.runtime;

import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A request to a model.
 *
 * @param method upper case
 * @param path percent-encoded, as it came
 * @param query percent-encoded, empty when there is none
 * @param id its {@code x-request-id}, for the lines that the script writes meanwhile
 * @param contentType null when the request names none
 * @param headers made only for a model that wants them
 */
public record ScoreRequest(
        String method,
        String path,
        String query,
        String id,
        @Nullable String contentType,
        Supplier<Headers> headers,
        ByteBuffer body) {}
