package dev.farol.control;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.wire.ApiServer;
import dev.farol.wire.Listen;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same API behind the server that it runs in. */
class OverSocketsIT {
    @TempDir Path home;
    private Fixture farol;
    private ApiServer server;
    private HttpClient client;

    @BeforeEach
    void open() throws IOException {
        farol = new Fixture(home);
        server = ApiServer.start(new Listen("127.0.0.1", 0, null), farol.api);
        client = HttpClient.newHttpClient();
    }

    @AfterEach
    void close() throws IOException {
        client.close();
        server.close();
        farol.close();
    }

    @Test
    void streamsABlobInAndOutAndTellsItsLength() throws Exception {
        byte[] content = new byte[3_000_000];
        Arrays.fill(content, (byte) 7);
        HttpRequest put =
                blob().header("x-ms-blob-type", "BlockBlob")
                        .PUT(BodyPublishers.ofByteArray(content))
                        .build();
        assertThat(client.send(put, BodyHandlers.discarding()).statusCode()).isEqualTo(201);

        HttpResponse<Void> head = client.send(blob().HEAD().build(), BodyHandlers.discarding());
        assertThat(head.statusCode()).isEqualTo(200);
        assertThat(head.headers().firstValue("Content-Length")).contains("3000000");

        HttpResponse<byte[]> get = client.send(blob().GET().build(), BodyHandlers.ofByteArray());
        assertThat(get.body()).isEqualTo(content);

        HttpRequest part = blob().header("x-ms-range", "bytes=10-19").GET().build();
        HttpResponse<byte[]> range = client.send(part, BodyHandlers.ofByteArray());
        assertThat(range.statusCode()).isEqualTo(206);
        assertThat(range.body()).hasSize(10);
    }

    @Test
    void answersArm() throws Exception {
        HttpRequest get = request(Fixture.WS + "?api-version=2024-10-01-preview").GET().build();
        HttpResponse<String> answer = client.send(get, BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.body()).contains("\"name\":\"main\"");
    }

    private HttpRequest.Builder blob() throws IOException {
        return request("/farolstore.blob.core.windows.net/snap-1/file");
    }

    private HttpRequest.Builder request(String path) throws IOException {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + server.port() + path))
                .header("Authorization", "Bearer " + farol.token("https://storage.azure.com"));
    }
}
