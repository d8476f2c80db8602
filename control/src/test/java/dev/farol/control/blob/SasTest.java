package dev.farol.control.blob;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SasTest {
    private static final Instant NOON = Instant.parse("2026-03-01T10:00:00Z");

    private final Sas sas = new Sas(key());

    /** Signatures that Azure's own Python library made with the same key. */
    @Test
    void agreesWithAzuresOwnTools() {
        assertThat(
                        refusal(
                                "se=2026-03-01T11%3A00%3A00Z&sp=racwl&sv=2026-10-06&sr=c"
                                        + "&sig=Htp6ALs12hrvYAsYC65dweG08/kr22PBMHq9kD9AOa4%3D",
                                "snap-1", "anything", "l"))
                .isNull();
        assertThat(
                        refusal(
                                "st=2026-03-01T09%3A00%3A00Z&se=2026-03-01T11%3A00%3A00Z&sp=r"
                                        + "&spr=https&sv=2026-10-06&sr=b&rsct=text/plain"
                                        + "&sig=g4ITAdfiHHeht40k8GTFWGd5J1N/FwS23MuZ06y7yxI%3D",
                                "snap-1", "a b/c.txt", "r"))
                .isNull();
    }

    @Test
    void verifiesWhatItSigns() {
        String query = sas.sign("snap-1", "racwl", NOON.plusSeconds(60));

        assertThat(refusal(query, "snap-1", "x", "w")).isNull();
        assertThat(refusal(query, "snap-1", null, "l")).isNull();
        assertThat(refusal(query, "snap-2", "x", "w")).isNotNull();
        assertThat(refusal(query, "snap-1", "x", "d").code())
                .isEqualTo("AuthorizationPermissionMismatch");
    }

    @Test
    void holdsASignatureOfOneBlobToThatBlob() {
        String query =
                "st=2026-03-01T09%3A00%3A00Z&se=2026-03-01T11%3A00%3A00Z&sp=r&spr=https"
                        + "&sv=2026-10-06&sr=b&rsct=text/plain"
                        + "&sig=g4ITAdfiHHeht40k8GTFWGd5J1N/FwS23MuZ06y7yxI%3D";
        assertThat(refusal(query, "snap-1", "other", "r")).isNotNull();
        assertThat(refusal(query, "snap-1", null, "r")).isNotNull();
    }

    private BlobError refusal(String query, String container, String blob, String needed) {
        Map<String, String> parameters = new HashMap<>();
        for (String pair : query.split("&")) {
            int equals = pair.indexOf('=');
            parameters.put(
                    pair.substring(0, equals),
                    URLDecoder.decode(pair.substring(equals + 1), StandardCharsets.UTF_8));
        }
        return sas.refusal(
                name -> Optional.ofNullable(parameters.get(name)), container, blob, needed, NOON);
    }

    private static byte[] key() {
        var key = new byte[64];
        for (int i = 0; i < key.length; i++) {
            key[i] = (byte) i;
        }
        return key;
    }
}
