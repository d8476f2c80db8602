package dev.farol.wire;

import dev.farol.wire.client.JdkApiClient;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** A blocking HTTP client. */
public interface ApiClient extends AutoCloseable {
    /**
     * A client that follows no redirect and keeps connections.
     *
     * @param trust PEM certificates of authorities that are trusted beside the system's, or null
     * @throws dev.farol.spec.FarolException when the file cannot be read
     */
    static ApiClient create(@Nullable Path trust, Duration connectTimeout) {
        return JdkApiClient.create(trust, connectTimeout);
    }

    /** What to send; {@code body} null means none. */
    record Call(
            String method, String url, Headers headers, @Nullable Payload body, Duration timeout) {}

    /** A request body. */
    sealed interface Payload {}

    record BytesPayload(byte[] content) implements Payload {}

    /** Streamed from the file, never held whole. */
    record FilePayload(Path file) implements Payload {}

    record Answer(int status, Headers headers, byte[] body) {
        public String text() {
            return new String(body, java.nio.charset.StandardCharsets.UTF_8);
        }
    }

    /**
     * @throws IOException when no answer came: refused, reset, timed out, certificate not trusted
     */
    Answer send(Call call) throws IOException, InterruptedException;

    @Override
    void close();
}
