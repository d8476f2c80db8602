package dev.farol.store.remote;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.ByteSize;
import dev.farol.kit.config.Secret;
import dev.farol.store.ObjectsConfig;
import java.net.HttpURLConnection;
import java.net.URI;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Contents in a bucket; the server is moto's, from the Python registry. */
class S3StoreFullIT extends RemoteStoreContract {
    private static Program server;

    @BeforeAll
    static void start() throws Exception {
        server = Program.moto();
        var create =
                (HttpURLConnection)
                        URI.create(server.address() + "/models").toURL().openConnection();
        create.setRequestMethod("PUT");
        create.setRequestProperty(
                "Authorization", "AWS4-HMAC-SHA256 Credential=key/x/us-east-1/s3/aws4_request");
        assertThat(create.getResponseCode()).isEqualTo(200);
        create.disconnect();
    }

    @AfterAll
    static void stop() throws Exception {
        if (server != null) {
            server.close();
        }
    }

    @Override
    ObjectsConfig config(String prefix, ByteSize copies) {
        return config("models", prefix, copies);
    }

    @Override
    ObjectsConfig elsewhere() {
        return config("missing", "", new ByteSize(0));
    }

    private static ObjectsConfig config(String bucket, String prefix, ByteSize copies) {
        var s3 =
                new ObjectsConfig.S3(
                        URI.create(server.address()),
                        bucket,
                        "us-east-1",
                        prefix,
                        "key",
                        Secret.of("secret"),
                        null,
                        false);
        return new ObjectsConfig(
                ObjectsConfig.Kind.S3, copies, s3, ObjectsConfig.DEFAULTS.azureBlob());
    }

    @Override
    String service() {
        return "s3";
    }

    @Override
    Map<String, String> settings(String prefix) {
        return Map.of(
                "bucket", "models",
                "region", "us-east-1",
                "endpoint", server.address(),
                "root", "/" + prefix,
                "access_key_id", "key",
                "secret_access_key", "secret");
    }
}
