package dev.farol.wire.client;

import dev.farol.wire.ApiClient;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** {@link ApiClient} on the JDK's client, over HTTP/1.1. */
public final class JdkApiClient implements ApiClient {
    /** What the JDK's client writes itself and refuses to be given. */
    private static final Set<String> RESERVED =
            Set.of("connection", "content-length", "expect", "host", "upgrade");

    private final HttpClient client;

    private JdkApiClient(HttpClient client) {
        this.client = client;
    }

    /** See {@link ApiClient#create}. */
    public static JdkApiClient create(@Nullable Path trust, Duration connectTimeout) {
        var builder =
                HttpClient.newBuilder()
                        .version(HttpClient.Version.HTTP_1_1)
                        .followRedirects(HttpClient.Redirect.NEVER)
                        .connectTimeout(connectTimeout);
        if (trust != null) {
            builder.sslContext(PrivateTrust.context(trust));
        }
        return new JdkApiClient(builder.build());
    }

    @Override
    public Answer send(Call call) throws IOException, InterruptedException {
        CompletableFuture<HttpResponse<byte[]>> sent =
                client.sendAsync(request(call), BodyHandlers.ofByteArray());
        try {
            return answer(sent.get(call.timeout().toNanos(), TimeUnit.NANOSECONDS));
        } catch (TimeoutException late) {
            sent.cancel(true);
            throw new HttpTimeoutException("no answer within " + call.timeout());
        } catch (InterruptedException interrupted) {
            sent.cancel(true);
            throw interrupted;
        } catch (ExecutionException failed) {
            throw unwrapped(failed, call);
        }
    }

    private static IOException unwrapped(ExecutionException failed, Call call) {
        Throwable cause = failed.getCause();
        if (cause instanceof ConnectException refused && refused.getMessage() == null) {
            var named = new ConnectException("cannot connect to " + call.url());
            named.initCause(refused);
            return named;
        }
        return cause instanceof IOException io
                ? io
                : new IOException("no answer from " + call.url(), cause);
    }

    private static HttpRequest request(Call call) throws IOException {
        var builder =
                HttpRequest.newBuilder(uri(call.url()))
                        .method(call.method(), publisher(call.body()));
        call.headers()
                .forEach(
                        (name, value) -> {
                            if (!RESERVED.contains(name.toLowerCase(Locale.ROOT))) {
                                builder.header(name, value);
                            }
                        });
        return builder.build();
    }

    private static URI uri(String url) throws IOException {
        try {
            return URI.create(url);
        } catch (IllegalArgumentException malformed) {
            throw new IOException("not an URL: " + url, malformed);
        }
    }

    private static BodyPublisher publisher(@Nullable Payload payload) throws IOException {
        return switch (payload) {
            case null -> BodyPublishers.noBody();
            case BytesPayload(byte[] content) -> BodyPublishers.ofByteArray(content);
            case FilePayload(Path file) -> BodyPublishers.ofFile(file);
        };
    }

    private static Answer answer(HttpResponse<byte[]> response) {
        var headers = new Headers();
        response.headers()
                .map()
                .forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
        return new Answer(response.statusCode(), headers, response.body());
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
