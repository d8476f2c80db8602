package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A store for the bytes of objects that cannot be used: Farol does not start, and says why. */
class StoreSettingsE2E {
    private static final Map<String, String> S3 =
            Map.of("FAROL_STORE_OBJECTS", "s3", "FAROL_STORE_S3_BUCKET", "models");

    private static final Map<String, String> S3_WITH_KEY =
            Map.of(
                    "FAROL_STORE_OBJECTS", "s3",
                    "FAROL_STORE_S3_BUCKET", "models",
                    "FAROL_STORE_S3_ACCESS_KEY_ID", "key",
                    "FAROL_STORE_S3_SECRET_ACCESS_KEY", "${env:STORE_SECRET}",
                    "STORE_SECRET", "not to be shown");

    @Test
    void settingsThatAreMissingOrUnknownAreNamed() throws Exception {
        try (var farol = new Farol()) {
            refused(farol, Map.of("FAROL_STORE_OBJECTS", "s3"), 1, "s3.bucket is not set");
            refused(
                    farol,
                    Map.of("FAROL_STORE_OBJECTS", "s4"),
                    1,
                    "store.objects = 's4'",
                    "expected one of folder, s3, azure-blob");
            refused(
                    farol,
                    Map.of("FAROL_STORE_OBJECTS", "azure-blob"),
                    1,
                    "azure-blob.container is not set");
            refused(
                    farol,
                    with(S3, "FAROL_STORE_S3_ACCESS_KEY_ID", "key"),
                    1,
                    "s3.access-key-id and s3.secret-access-key: set both");
            refused(
                    farol,
                    with(S3, "FAROL_STORE_S3_SECRET_ACCESS_KEY", "plain"),
                    1,
                    "expected a reference, ${file:/path} or ${env:NAME}");
            Files.writeString(
                    farol.home().resolve("farol.yaml"),
                    "store:\n  objects: s3\n  s3:\n    buckett: models\n");
            refused(
                    farol,
                    Map.of(),
                    1,
                    "store.s3.buckett",
                    "farol.yaml:4): unknown key; did you mean 'bucket'?");
        }
    }

    @Test
    void aStoreThatCannotBeReachedIsNamedWithItsAnswer() throws Exception {
        try (var farol = new Farol()) {
            refused(
                    farol,
                    with(S3_WITH_KEY, "FAROL_STORE_S3_ENDPOINT", "http://127.0.0.1:1"),
                    5,
                    "The bucket 'models' at http://127.0.0.1:1 cannot be used",
                    "Connection refused");
            answered(farol, 404, "NoSuchBucket", "The specified bucket does not exist");
            answered(farol, 403, "InvalidAccessKeyId", "The key is not in our records");
            answered(farol, 403, "SignatureDoesNotMatch", "The signature is another");
        }
    }

    /** A store that answers everything so. */
    private static void answered(Farol farol, int status, String code, String message)
            throws Exception {
        byte[] body =
                ("<?xml version=\"1.0\"?><Error><Code>%s</Code><Message>%s</Message></Error>"
                                .formatted(code, message))
                        .getBytes(StandardCharsets.UTF_8);
        HttpServer store =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        store.createContext(
                "/",
                exchange -> {
                    exchange.getRequestBody().readAllBytes();
                    exchange.getResponseHeaders().set("Content-Type", "application/xml");
                    boolean head = exchange.getRequestMethod().equals("HEAD");
                    exchange.sendResponseHeaders(status, head ? -1 : body.length);
                    if (!head) {
                        exchange.getResponseBody().write(body);
                    }
                    exchange.close();
                });
        store.start();
        try {
            String address = "http://127.0.0.1:" + store.getAddress().getPort();
            refused(
                    farol,
                    with(S3_WITH_KEY, "FAROL_STORE_S3_ENDPOINT", address),
                    5,
                    "The bucket 'models' at " + address + " cannot be used",
                    code);
        } finally {
            store.stop(0);
        }
    }

    private static Map<String, String> with(Map<String, String> some, String name, String value) {
        var all = new java.util.HashMap<>(some);
        all.put(name, value);
        return all;
    }

    private static void refused(Farol farol, Map<String, String> settings, int exit, String... said)
            throws Exception {
        farol.environment().clear();
        farol.environment().putAll(settings);
        Farol.Result up = farol.run("up", "--detach", "--port", "0");
        farol.environment().clear();

        assertThat(up.exit()).as(up.err()).isEqualTo(exit);
        assertThat(up.out()).isEmpty();
        assertThat(up.err())
                .startsWith("Farol did not start: ")
                .contains(said)
                .doesNotContain("not to be shown", "Exception", "\tat ");
        assertThat(up.err().lines().count()).as(up.err()).isLessThanOrEqualTo(3);
        assertThat(farol.server()).isNull();
    }
}
