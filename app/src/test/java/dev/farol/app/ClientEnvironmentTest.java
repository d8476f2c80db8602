package dev.farol.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientEnvironmentTest {
    private static final RunRecord RECORD =
            new RunRecord(
                    1,
                    Instant.EPOCH,
                    "dev",
                    "/h",
                    "https://127.0.0.1:8443",
                    "http://127.0.0.1:8080",
                    "s",
                    "g",
                    "w",
                    "local",
                    "/h/tls",
                    "");
    private static final ClientTrust TRUST =
            new ClientTrust(Path.of("/h/tls/bundle.pem"), Path.of("/h/tls/ca.pem"), List.of());

    @Test
    void pointsEveryClientHere() {
        var variables = of(Map.of());

        assertThat(variables)
                .containsEntry(
                        "ARM_CLOUD_METADATA_URL",
                        "https://127.0.0.1:8443/metadata/endpoints?api-version=2019-05-01")
                .containsEntry("AZUREML_CURRENT_CLOUD", "Farol")
                .containsEntry("REQUESTS_CA_BUNDLE", "/h/tls/bundle.pem")
                .containsEntry("SSL_CERT_FILE", "/h/tls/bundle.pem")
                .containsEntry("NODE_EXTRA_CA_CERTS", "/h/tls/ca.pem")
                .containsEntry("IDENTITY_ENDPOINT", "https://127.0.0.1:8443/msi/token")
                .containsEntry("IDENTITY_HEADER", "secret")
                .containsEntry("AZURE_TOKEN_CREDENTIALS", "prod")
                .containsEntry("REGISTRY_DISCOVERY_ENDPOINT_URL", "https://127.0.0.1:8443/")
                .containsEntry("AZURE_CONFIG_DIR", "/h/azure")
                .containsEntry("AZUREML_RUN_POLLING_INTERVAL_MIN", "1")
                .containsEntry("AZUREML_RUN_POLLING_INTERVAL_MAX", "2")
                .containsEntry("NO_PROXY", "127.0.0.1,localhost,::1")
                .containsEntry("FAROL_HOME", "/h");
        for (String stale : List.of("AZURE_CLIENT_ID", "MSI_ENDPOINT", "AZURE_AUTHORITY_HOST")) {
            assertThat(variables).containsKey(stale);
            assertThat(variables.get(stale)).isNull();
        }
        assertThat(variables).doesNotContainKey("CURL_CA_BUNDLE");
    }

    @Test
    void addsToTheUsersOwn() {
        var variables =
                of(Map.of("NO_PROXY", "intra,localhost", "no_proxy", "x", "CURL_CA_BUNDLE", "/c"));

        assertThat(variables)
                .containsEntry("NO_PROXY", "127.0.0.1,localhost,::1,intra")
                .containsEntry("no_proxy", "127.0.0.1,localhost,::1,x")
                .containsEntry("CURL_CA_BUNDLE", "/h/tls/bundle.pem");
    }

    @Test
    void theWayBackLeadsToWhatWasThere() {
        Map<String, String> before =
                Map.of("NO_PROXY", "a'b, \n\"c\"", "AZURE_CLIENT_ID", "", "HOME", "/root");
        Map<String, String> changes = new LinkedHashMap<>(of(before));
        var during = apply(before, changes);
        during.put(EnvUndo.VARIABLE, EnvUndo.remember(before, changes));

        assertThat(EnvUndo.before(during)).isEqualTo(before);
        assertThat(apply(during, EnvUndo.back(during))).isEqualTo(before);
        assertThat(EnvUndo.back(before)).isEmpty();
    }

    @Test
    void saysWhenTheWayBackIsBroken() {
        assertThatThrownBy(() -> EnvUndo.back(Map.of(EnvUndo.VARIABLE, "A=x,;rm -rf")))
                .hasMessageContaining("open a new shell");
    }

    @Test
    void quotesForEachShell() {
        String odd = "it's $HOME `x` \\ \"q\" \u2019";

        assertThat(ShellDialect.POSIX.set("A", odd))
                .isEqualTo("export A='it'\\''s $HOME `x` \\ \"q\" \u2019';");
        assertThat(ShellDialect.FISH.set("A", odd))
                .isEqualTo("set -gx A 'it\\'s $HOME `x` \\\\ \"q\" \u2019';");
        assertThat(ShellDialect.POWERSHELL.set("A", odd))
                .isEqualTo("$env:A = 'it''s $HOME `x` \\ \"q\" \u2019\u2019'");
        assertThat(ShellDialect.POWERSHELL.unset("A")).isEqualTo("$env:A = $null");
        assertThat(ShellDialect.named("tcsh")).isEmpty();
    }

    private static Map<String, String> of(Map<String, String> before) {
        return ClientEnvironment.of(new Home(Path.of("/h")), RECORD, "secret", TRUST, before);
    }

    private static Map<String, String> apply(
            Map<String, String> variables, Map<String, String> changes) {
        var after = new HashMap<>(variables);
        changes.forEach(
                (name, value) -> {
                    if (value == null) {
                        after.remove(name);
                    } else {
                        after.put(name, value);
                    }
                });
        return after;
    }
}
