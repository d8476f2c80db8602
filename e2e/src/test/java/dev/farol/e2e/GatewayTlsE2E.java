package dev.farol.e2e;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Socket;
import java.net.URI;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;

/** The data plane over TLS, with the certificate that Farol makes itself. */
class GatewayTlsE2E {
    @Test
    void endpointsAreReachedByTheirOwnHostsWithoutACertificateOfOnesOwn() throws Exception {
        try (var farol = new Farol()) {
            var started =
                    farol.run(
                                    "up",
                                    "--detach",
                                    "--port",
                                    "0",
                                    "--set",
                                    "gateway.tls.enabled=true",
                                    "--set",
                                    "control.location=westeurope",
                                    "-o",
                                    "json")
                            .ok()
                            .json();
            URI gateway = URI.create(started.get("gateway").asString());
            assertThat(gateway.getScheme()).isEqualTo("https");

            String host = "credit.westeurope.inference.localhost";
            assertThat(asked(farol, gateway.getPort(), host))
                    .startsWith("HTTP/1.1 404 ")
                    .contains("credit");
            assertThat(asked(farol, gateway.getPort(), "localhost")).startsWith("HTTP/1.1 404 ");
            assertThatThrownBy(
                            () ->
                                    asked(
                                            farol,
                                            gateway.getPort(),
                                            "credit.other.inference.localhost"))
                    .isInstanceOf(SSLException.class);
        }
    }

    /** What a client that insists on the host's name is answered. */
    private static String asked(Farol farol, int port, String host) throws Exception {
        try (var plain = new Socket("127.0.0.1", port);
                var tls =
                        (SSLSocket)
                                farol.trust()
                                        .getSocketFactory()
                                        .createSocket(plain, host, port, true)) {
            var parameters = tls.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            tls.setSSLParameters(parameters);
            tls.setSoTimeout(20_000);
            tls.startHandshake();
            String request =
                    "POST /score HTTP/1.1\r\nHost: %s\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"
                            .formatted(host);
            tls.getOutputStream().write(request.getBytes(UTF_8));
            return new String(tls.getInputStream().readAllBytes(), UTF_8);
        }
    }
}
