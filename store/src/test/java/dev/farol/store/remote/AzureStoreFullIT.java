package dev.farol.store.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.ByteSize;
import dev.farol.kit.config.Secret;
import dev.farol.store.ObjectsConfig;
import java.net.HttpURLConnection;
import java.net.URI;
import java.nio.file.Path;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Base64;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** Contents in a container of Azure Blob Storage; the server is Azurite, from the npm registry. */
class AzureStoreFullIT extends RemoteStoreContract {
    private static final String ACCOUNT = "devstoreaccount1";

    /** Azurite's own, printed in its documentation. */
    private static final String KEY =
            "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    private static Program server;

    @BeforeAll
    static void start(@TempDir Path data) throws Exception {
        server = Program.azurite(data);
        String path = "/" + ACCOUNT + "/models";
        var create =
                (HttpURLConnection)
                        URI.create(server.address() + path + "?restype=container")
                                .toURL()
                                .openConnection();
        String date =
                DateTimeFormatter.RFC_1123_DATE_TIME.format(ZonedDateTime.now(ZoneOffset.UTC));
        String text =
                "PUT\n\n\n\n\n\n\n\n\n\n\n\nx-ms-date:"
                        + date
                        + "\nx-ms-version:2021-08-06\n/"
                        + ACCOUNT
                        + path
                        + "\nrestype:container";
        Mac mac = Mac.getInstance("HmacSHA256");
        mac.init(new SecretKeySpec(Base64.getDecoder().decode(KEY), "HmacSHA256"));
        String signature = Base64.getEncoder().encodeToString(mac.doFinal(text.getBytes(UTF_8)));
        create.setRequestMethod("PUT");
        create.setRequestProperty("x-ms-date", date);
        create.setRequestProperty("x-ms-version", "2021-08-06");
        create.setRequestProperty("Authorization", "SharedKey " + ACCOUNT + ":" + signature);
        assertThat(create.getResponseCode()).isEqualTo(201);
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

    private static ObjectsConfig config(String container, String prefix, ByteSize copies) {
        var azure =
                new ObjectsConfig.AzureBlob(
                        URI.create(server.address() + "/" + ACCOUNT),
                        container,
                        prefix,
                        ACCOUNT,
                        Secret.of(KEY),
                        null);
        return new ObjectsConfig(
                ObjectsConfig.Kind.AZURE_BLOB, copies, ObjectsConfig.DEFAULTS.s3(), azure);
    }

    @Override
    String service() {
        return "azblob";
    }

    @Override
    Map<String, String> settings(String prefix) {
        return Map.of(
                "container",
                "models",
                "endpoint",
                server.address() + "/" + ACCOUNT,
                "root",
                "/" + prefix,
                "account_name",
                ACCOUNT,
                "account_key",
                KEY);
    }
}
