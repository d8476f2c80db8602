package dev.farol.cli;

import dev.farol.wire.ApiClient;
import dev.farol.wire.Headers;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;

/** The HTTP door over the JDK's own client. */
final class JdkClient implements ApiClient {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Person.Sight sight;

    JdkClient(Person.Sight sight) {
        this.sight = sight;
    }

    @Override
    public Answer send(Call call) throws IOException, InterruptedException {
        sight.before(call);
        HttpRequest.BodyPublisher body =
                switch (call.body()) {
                    case BytesPayload bytes ->
                            HttpRequest.BodyPublishers.ofByteArray(bytes.content());
                    case FilePayload file -> HttpRequest.BodyPublishers.ofFile(file.file());
                    case null -> HttpRequest.BodyPublishers.noBody();
                };
        var request = HttpRequest.newBuilder(URI.create(call.url())).timeout(call.timeout());
        call.headers().forEach(request::header);
        HttpResponse<byte[]> response =
                client.send(
                        request.method(call.method(), body).build(),
                        HttpResponse.BodyHandlers.ofByteArray());
        Headers headers = new Headers();
        response.headers()
                .map()
                .forEach((name, values) -> values.forEach(value -> headers.add(name, value)));
        return new Answer(response.statusCode(), headers, response.body());
    }

    @Override
    public void close() {
        client.close();
    }
}
