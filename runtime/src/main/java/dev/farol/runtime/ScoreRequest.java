package dev.farol.runtime;

import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A request to a model.
 *
 * @param method upper case
 * @param path percent-encoded, as it came
 * @param query percent-encoded, empty when there is none
 * @param id its {@code x-request-id}, for the lines that the script writes meanwhile
 * @param contentType null when the request names none
 */
public record ScoreRequest(
        String method,
        String path,
        String query,
        String id,
        @Nullable String contentType,
        Head headers,
        ByteBuffer body) {
    /** The headers: one is looked up where it is, a copy of all is made for who asks for it. */
    public interface Head {
        /** These. */
        static Head of(Headers headers) {
            return new Head() {
                @Override
                public Headers copy() {
                    return headers;
                }

                @Override
                public @Nullable String joined(String name) {
                    List<String> values = headers.all(name);
                    return values.isEmpty() ? null : String.join(",", values);
                }
            };
        }

        Headers copy();

        /** All values of one, separated by commas; null when the request has none. */
        @Nullable String joined(String name);
    }
}
