package dev.farol.control.blob;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.wire.ApiRequest;
import dev.farol.wire.Headers;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;

class SharedKeyTest {
    private static final Instant TEN = Instant.parse("2026-03-01T10:00:00Z");
    private static final String DATE = "Sun, 01 Mar 2026 10:00:00 GMT";
    private static final String ACCOUNT = "/farolstore.blob.core.windows.net";

    /** Signatures that Azure's own Python library made with the same key. */
    private static final String PUT =
            "SharedKey farolstore:dz0AbeIRKHBvR6CTXD5VP/hkOB9ledhXRPH61cWbU+k=";

    private static final String LIST =
            "SharedKey farolstore.blob.core.windows.net:0/E37yLWLD46lVdpXodAGVdoNz7x+DV+M5tOaZ89Qsk=";

    private final SharedKey key = new SharedKey(key());

    @Test
    void agreesWithAzuresOwnLibrary() {
        assertThat(key.refusal(put("5", "2"), PUT, TEN)).isNull();
        assertThat(key.refusal(list("a%2Fb%20c%2B"), LIST, TEN)).isNull();
    }

    @Test
    void coversHeadersAndQuery() {
        assertThat(key.refusal(put("6", "2"), PUT, TEN)).isNotNull();
        assertThat(key.refusal(put("5", "3"), PUT, TEN)).isNotNull();
        assertThat(key.refusal(list("other"), LIST, TEN)).isNotNull();
    }

    @Test
    void isForThisAccountAndForAQuarterOfAnHour() {
        String other = PUT.replace("farolstore", "otherstore");
        assertThat(key.refusal(put("5", "2"), other, TEN).message())
                .contains("otherstore", "farolstore");
        assertThat(key.refusal(put("5", "2"), "SharedKey nonsense", TEN)).isNotNull();
        Duration quarter = Duration.ofMinutes(15);
        assertThat(key.refusal(put("5", "2"), PUT, TEN.plus(quarter))).isNull();
        assertThat(key.refusal(put("5", "2"), PUT, TEN.plus(quarter).plusSeconds(1)).code())
                .isEqualTo("AuthenticationFailed");
        assertThat(key.refusal(put("5", "2"), PUT, TEN.minus(quarter).minusSeconds(1))).isNotNull();
    }

    private static ApiRequest put(String length, String meta) {
        return request(
                "PUT",
                ACCOUNT + "/snap-1/a%20b/%C3%BC+c.txt",
                "",
                Headers.of(
                        "x-ms-blob-type", "BlockBlob",
                        "x-ms-date", DATE,
                        "x-ms-version", "2026-10-06",
                        "x-ms-meta-a_b", "1",
                        "x-ms-meta-ab", meta,
                        "Content-Length", length,
                        "Content-Type", "text/plain",
                        "If-None-Match", "*"));
    }

    private static ApiRequest list(String prefix) {
        return request(
                "GET",
                ACCOUNT + "/snap-1",
                "restype=container&comp=list&prefix=" + prefix + "&delimiter=%2F",
                Headers.of("x-ms-date", DATE, "x-ms-version", "2026-10-06"));
    }

    private static ApiRequest request(String method, String path, String query, Headers headers) {
        return new ApiRequest(
                method,
                path,
                query,
                "127.0.0.1:8443",
                headers,
                InputStream.nullInputStream(),
                0,
                "127.0.0.1");
    }

    private static byte[] key() {
        var key = new byte[64];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return key;
    }
}
