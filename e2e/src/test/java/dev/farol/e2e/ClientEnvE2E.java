package dev.farol.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.farol.kit.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

/** What a person's shell gets from {@code farol env}, and what unmodified clients make of it. */
class ClientEnvE2E {
    private static final Path SCRIPTS = Farol.ROOT.resolve("e2e/src/test/python/identity");
    private static final String FAROL = "'" + Farol.ROOT.resolve("farol") + "'";

    private static Farol farol;

    @BeforeAll
    static void up() throws Exception {
        farol = new Farol();
        farol.up();
    }

    @AfterAll
    static void down() throws Exception {
        farol.close();
    }

    @Test
    void curlReachesTheControlPlaneAndTheShellIsAsBeforeAfterUndo() throws Exception {
        String out =
                shell(
                        Map.of(
                                "AZURE_CLIENT_ID", "stale",
                                "NO_PROXY", "it's,mine",
                                "HTTPS_PROXY", "http://127.0.0.1:9"),
                        """
                        env | grep -v -E '^(_|SHLVL)=' | sort > "$FAROL_HOME/before"
                        eval "$(%1$s env)"
                        echo "proxy: $NO_PROXY"
                        echo "client: ${AZURE_CLIENT_ID-none}"
                        curl -sS -f "$ARM_CLOUD_METADATA_URL" | head -c 16; echo
                        token=$(curl -sS -f -H "X-IDENTITY-HEADER: $IDENTITY_HEADER" \\
                          "$IDENTITY_ENDPOINT?api-version=2019-08-01&resource=https://management.azure.com/" |
                          sed 's/.*"access_token":"\\([^"]*\\)".*/\\1/')
                        curl -sS -o /dev/null -w 'with: %%{http_code}\\n' -H "Authorization: Bearer $token" \\
                          "${REGISTRY_DISCOVERY_ENDPOINT_URL}subscriptions?api-version=2022-12-01"
                        curl -sS -o /dev/null -w 'without: %%{http_code}\\n' \\
                          "${REGISTRY_DISCOVERY_ENDPOINT_URL}subscriptions?api-version=2022-12-01"
                        eval "$(%1$s env)"
                        eval "$(%1$s env --undo)"
                        env | grep -v -E '^(_|SHLVL)=' | sort > "$FAROL_HOME/after"
                        cmp "$FAROL_HOME/before" "$FAROL_HOME/after" && echo the same
                        """
                                .formatted(FAROL));

        assertThat(out)
                .contains(
                        "proxy: 127.0.0.1,localhost,::1,it's,mine\n",
                        "client: none\n",
                        "[{\"name\":\"Farol\"",
                        "with: 200\n",
                        "without: 401\n",
                        "the same\n");
    }

    @Test
    void theUsersOwnCertificatesStayTrusted() throws Exception {
        Path own = farol.home().resolve("own.pem");
        String mine = Files.readString(farol.home().resolve("tls/server.pem"));
        String key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n";
        Files.writeString(own, key + mine);
        String bundle =
                shell(
                                Map.of("REQUESTS_CA_BUNDLE", own.toString()),
                                "eval \"$(%s env)\"; printf %%s \"$SSL_CERT_FILE\""
                                        .formatted(FAROL))
                        .strip();

        String content = Files.readString(Path.of(bundle));
        assertThat(content)
                .contains(mine.substring(0, mine.indexOf("-----END")))
                .contains(Files.readString(farol.home().resolve("tls/ca.pem")).strip())
                .doesNotContain("PRIVATE KEY");
        assertThat(content.split("BEGIN CERTIFICATE")).hasSizeGreaterThan(50);
    }

    @Test
    void othersGetItInTheirOwnWay() throws Exception {
        JsonNode json = farol.run("env", "-o", "json").ok().json();
        assertThat(json.path("IDENTITY_ENDPOINT").asString()).endsWith("/msi/token");
        assertThat(json.path("AZURE_CLIENT_ID").isNull()).isTrue();

        Path file = farol.home().resolve(".env");
        farol.run("env", "--dotenv", file.toString()).ok();
        assertThat(Files.readString(file)).contains("\nAZUREML_CURRENT_CLOUD=Farol\n");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        Path project = Files.createDirectories(farol.home().resolve("project"));
        farol.run("env", "--write-config", project.toString()).ok();
        Path config = project.resolve(".azureml/config.json");
        assertThat(Json.STRICT.readTree(Files.readString(config)).path("workspace_name").asString())
                .isEqualTo("main");
        Files.writeString(config, "{\"workspace_name\": \"in-azure\"}");
        var refused = farol.run("env", "--write-config", project.toString());
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.err()).contains("in-azure", "--force");
        assertThat(Files.readString(config)).contains("in-azure");
        farol.run("env", "--write-config", project.toString(), "--force").ok();

        var unknown = farol.run("env", "--shell", "tcsh");
        assertThat(unknown.exit()).isEqualTo(2);
        assertThat(unknown.err()).contains("'tcsh'", "powershell");
    }

    @Test
    void saysSoWhenNoFarolRuns() throws Exception {
        var result = farol.run("env", "--home", farol.home().resolve("nowhere").toString());

        assertThat(result.exit()).isEqualTo(3);
        assertThat(result.out()).isEmpty();
        assertThat(result.err()).contains("Farol does not run in", "farol up --detach");
    }

    @Test
    void tellsHowASystemIsMadeToTrust() throws Exception {
        String text = farol.run("trust", "--print").ok().out();

        String digest =
                shell(
                        Map.of(),
                        "openssl x509 -noout -fingerprint -sha256 -in \"$FAROL_HOME/tls/ca.pem\"");
        assertThat(text)
                .contains(digest.strip().replaceAll(".*=", ""))
                .contains("update-ca-certificates", "update-ca-trust", "keytool", "Firefox");
    }

    @Test
    void nodeTrustsTheServer() throws Exception {
        assumeTrue(exists("node"), "no node on this machine");
        String out =
                shell(
                        Map.of(),
                        """
                        eval "$(%s env)"
                        node -e '
                          for (const host of ["localhost", "127.0.0.1"]) {
                            const url = new URL(process.env.ARM_CLOUD_METADATA_URL); url.hostname = host;
                            require("https").get(url, r => { console.log(host, r.statusCode); r.resume(); })
                          }'
                        """
                                .formatted(FAROL));

        assertThat(out.lines()).containsExactlyInAnyOrder("localhost 200", "127.0.0.1 200");
    }

    @Test
    void azuresOwnCredentialsGetTokens() throws Exception {
        Path python = python();
        assertThat(farol.run("service-principal", "create", "--help").ok().out())
                .contains("Usage: farol service-principal create");
        JsonNode ci =
                farol.run("service-principal", "create", "ci", "--role", "Reader").ok().json();
        int port;
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            port = free.getLocalPort();
        }
        farol.run(
                        "service-principal",
                        "federate",
                        "ci",
                        "--issuer",
                        "http://127.0.0.1:" + port,
                        "--subject",
                        "repo:team/models")
                .ok();

        String out =
                shell(
                        Map.of(
                                "CI_ID", ci.path("appId").asString(),
                                "CI_SECRET", ci.path("password").asString()),
                        "eval \"$(%s env)\"; '%s' '%s' \"$CI_ID\" \"$CI_SECRET\" %d"
                                .formatted(FAROL, python, SCRIPTS.resolve("credentials.py"), port));

        assertThat(out.lines())
                .containsExactly(
                        "default farol",
                        "msi-secret farol",
                        "msi-alone farol",
                        "pod-identity farol",
                        "client-secret ci",
                        "default-client-secret ci",
                        "wrong-secret refused",
                        "workload-identity ci",
                        "workload-identity ci");
        assertThat(farol.run("service-principal", "list").ok().out())
                .doesNotContain(ci.path("password").asString());
    }

    @Test
    void aPublishedScriptRunsThroughTheShim() throws Exception {
        Path shim = farol.home().resolve("my az's");
        farol.run("install-az-shim", shim.toString()).ok();
        Path real = Files.createDirectories(farol.home().resolve("real"));
        Path az = real.resolve("az");
        Files.writeString(az, "#!/bin/sh\necho \"the real az: $*\"\n");
        Files.setPosixFilePermissions(az, PosixFilePermissions.fromString("rwxr-xr-x"));

        String out =
                shell(
                        Map.of("SHIM", shim.toString(), "REAL", real.toString()),
                        """
                        PATH="$SHIM:$REAL:$PATH"
                        az login
                        az extension add -n ml -y
                        az account set --subscription 00000000-0000-0000-0000-000000000001
                        az configure --defaults group=farol workspace=main
                        az group list
                        export ENDPOINT_NAME=endpt-shim
                        az ml online-endpoint create -n $ENDPOINT_NAME -o none
                        echo "state: $(az ml online-endpoint show -n $ENDPOINT_NAME --query provisioning_state -o tsv)"
                        TOKEN=$(az account get-access-token --resource https://management.azure.com --query accessToken -o tsv)
                        eval "$(%s env)"
                        SUBSCRIPTION_ID=$(az account show --query id -o tsv)
                        curl -sS -o /dev/null -w 'rest: %%{http_code}\\n' -H "Authorization: Bearer $TOKEN" \\
                          "${REGISTRY_DISCOVERY_ENDPOINT_URL}subscriptions/$SUBSCRIPTION_ID?api-version=2022-12-01"
                        az ml online-endpoint delete -n $ENDPOINT_NAME --yes
                        az account set -s elsewhere || echo "refused: $?"
                        PATH="$SHIM:/usr/bin:/bin"; az vm list || echo "none: $?"
                        """
                                .formatted(FAROL));

        assertThat(out)
                .contains(
                        "the real az: group list\n",
                        "state: Succeeded\n",
                        "rest: 200\n",
                        "refused: 1\n",
                        "none: 127\n");
        Files.writeString(real.resolve("az"), "#!/bin/sh\n");
        assertThat(farol.run("install-az-shim", real.toString()).exit()).isEqualTo(3);
    }

    /** Runs a bash script with this home; what it writes, when it ends well. */
    private static String shell(Map<String, String> variables, String script)
            throws IOException, InterruptedException {
        return run(variables, List.of("bash", "-e", "-o", "pipefail", "-c", script));
    }

    static String run(Map<String, String> variables, List<String> command)
            throws IOException, InterruptedException {
        Path out = Files.createTempFile(farol.home(), "shell", ".out");
        Path err = Files.createTempFile(farol.home(), "shell", ".err");
        var builder = new ProcessBuilder(command).directory(farol.home().toFile());
        var environment = new HashMap<>(variables);
        environment.put("FAROL_HOME", farol.home().toString());
        builder.environment().keySet().removeIf(name -> name.startsWith("AZURE_"));
        builder.environment().keySet().removeAll(List.of("HTTPS_PROXY", "https_proxy"));
        builder.environment().putAll(environment);
        Process process = builder.redirectOutput(out.toFile()).redirectError(err.toFile()).start();
        boolean ended = process.waitFor(5, TimeUnit.MINUTES);
        if (!ended) {
            process.destroyForcibly();
        }
        assertThat(ended && process.exitValue() == 0)
                .as(
                        "%s; stdout: %s; stderr: %s",
                        command, Files.readString(out), Files.readString(err))
                .isTrue();
        return Files.readString(out);
    }

    private static boolean exists(String program) throws IOException, InterruptedException {
        return new ProcessBuilder("sh", "-c", "command -v " + program + " >/dev/null")
                        .start()
                        .waitFor()
                == 0;
    }

    /** A Python with Azure's packages, installed once for a checkout. */
    private static Path python() throws IOException, InterruptedException {
        Path venv = Farol.ROOT.resolve("e2e/target/shared/azure-identity");
        Path ready = venv.resolve("ready");
        if (!Files.exists(ready)) {
            run(Map.of(), List.of("python3", "-m", "venv", venv.toString()));
            run(
                    Map.of(),
                    List.of(
                            venv.resolve("bin/pip").toString(),
                            "install",
                            "-q",
                            "azure-identity==1.27.0",
                            "requests",
                            "PyJWT[crypto]"));
            Files.writeString(ready, "");
        }
        return venv.resolve("bin/python");
    }
}
