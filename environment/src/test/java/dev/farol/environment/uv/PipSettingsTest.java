package dev.farol.environment.uv;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PipSettingsTest {
    private static final Path NOBODY = Path.of("/nonexistent/home");

    private static Map<String, String> translated(Map<String, String> variables) {
        var all = new HashMap<>(variables);
        all.put("PIP_CONFIG_FILE", "/dev/null");
        return PipSettings.read(all, NOBODY, false).forUv(all);
    }

    @Test
    void tellsUvWhatPipIsTold() {
        assertThat(
                        translated(
                                Map.of(
                                        "PIP_INDEX_URL", "https://one.invalid/simple",
                                        "PIP_EXTRA_INDEX_URL",
                                                "https://two.invalid/simple https://three.invalid/simple",
                                        "PIP_FIND_LINKS",
                                                "/ /nonexistent/wheels https://four.invalid/wheels",
                                        "PIP_CERT", "/etc/company.pem",
                                        "PIP_TRUSTED_HOST", "one.invalid",
                                        "PIP_DEFAULT_TIMEOUT", "180",
                                        "PIP_PROXY", "http://proxy.invalid:3128")))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "UV_DEFAULT_INDEX", "https://one.invalid/simple",
                                "UV_INDEX",
                                        "https://two.invalid/simple https://three.invalid/simple",
                                "UV_FIND_LINKS", "/,https://four.invalid/wheels",
                                "SSL_CERT_FILE", "/etc/company.pem",
                                "UV_INSECURE_HOST", "one.invalid",
                                "UV_HTTP_TIMEOUT", "180",
                                "ALL_PROXY", "http://proxy.invalid:3128"));
    }

    @Test
    void whatUvIsToldItselfGoesBefore() {
        assertThat(
                        translated(
                                Map.of(
                                        "PIP_INDEX_URL", "https://pip.invalid/simple",
                                        "UV_INDEX_URL", "https://uv.invalid/simple",
                                        "PIP_CERT", "/etc/pip.pem",
                                        "SSL_CERT_FILE", "/etc/own.pem")))
                .isEmpty();
    }

    @Test
    void noIndexIsPassedOn() {
        assertThat(translated(Map.of("PIP_NO_INDEX", "1"))).containsEntry("UV_NO_INDEX", "1");
        assertThat(translated(Map.of("PIP_NO_INDEX", "0"))).isEmpty();
    }

    @Test
    void readsPipsFiles() {
        assertThat(
                        PipSettings.parse(
                                """
                                # company
                                [global]
                                index_url = https://one.invalid/simple
                                timeout: 60
                                extra-index-url =
                                    https://two.invalid/simple
                                    https://three.invalid/simple
                                [install]
                                timeout = 90
                                [list]
                                format = columns
                                """))
                .containsExactlyInAnyOrderEntriesOf(
                        Map.of(
                                "index-url", "https://one.invalid/simple",
                                "timeout", "90",
                                "extra-index-url",
                                        "https://two.invalid/simple https://three.invalid/simple"));
    }
}
