package dev.farol.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.ByteSize;
import dev.farol.kit.Json;
import dev.farol.spec.AuthMode;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What the access log writes, and what it does when the file is full or cannot be written. */
class AccessLogIT {
    private static final Instant NOW = Instant.parse("2026-05-04T03:02:01.5Z");

    @TempDir private Path folder;

    private static ExchangeRecord exchange(String requestId) {
        return exchange(requestId, "/api/v1/endpoint/Shop/score");
    }

    private static ExchangeRecord exchange(String requestId, String path) {
        return new ExchangeRecord(
                new ExchangeRecord.Route(
                        "Shop", Snapshots.SCOPE, AuthMode.AML_TOKEN, "blue", "blue-0"),
                new ExchangeRecord.Asked(
                        "POST",
                        path,
                        "HTTP/2",
                        "agent \"quoted\" " + "a".repeat(80),
                        requestId,
                        "mine",
                        "4bf92f3577b34da6a3ce929d0e0e4736"),
                424,
                500,
                "model_error",
                new ExchangeRecord.Times(
                        Duration.ofMillis(30),
                        Duration.ofMillis(10),
                        Duration.ofMillis(20),
                        Duration.ofMillis(10),
                        Duration.ofMillis(4),
                        Duration.ofNanos(5_500_000)),
                3,
                6,
                1);
    }

    private AccessLog log(Path file, long size, int keep) {
        return AccessLog.start(
                file, new AccessLogConfig(true, file, new ByteSize(size), keep), () -> NOW);
    }

    private static List<JsonNode> lines(Path file) throws Exception {
        var lines = new ArrayList<JsonNode>();
        for (String line : Files.readAllLines(file)) {
            lines.add(Json.STRICT.readTree(line));
        }
        return lines;
    }

    @Test
    void aLineHasTheColumnsOfTheTrafficLog() throws Exception {
        Path file = folder.resolve("sub/traffic.log");
        try (var log = log(file, 1 << 20, 1)) {
            log.ended(exchange("r-1"));
            log.ended(
                    new ExchangeRecord(
                            ExchangeRecord.Route.NONE,
                            new ExchangeRecord.Asked("", "", "HTTP/1.1", "", "", "", ""),
                            400,
                            0,
                            "malformed_request",
                            ExchangeRecord.Times.NONE,
                            0,
                            7,
                            0));
        }
        List<JsonNode> lines = lines(file);
        assertThat(lines).hasSize(2);
        assertThat(lines.getFirst())
                .isEqualTo(
                        Json.STRICT.readTree(
                                """
                                {"TimeGenerated": "2026-05-04T03:02:01.500Z",
                                 "Method": "POST", "Path": "/api/v1/endpoint/Shop/score",
                                 "SubscriptionId": "s",
                                 "AzureMLWorkspaceId": "/subscriptions/s/resourcegroups/g/providers/microsoft.machinelearningservices/workspaces/w",
                                 "AzureMLWorkspaceName": "w",
                                 "EndpointName": "Shop", "DeploymentName": "blue",
                                 "Protocol": "HTTP/2", "ResponseCode": 424,
                                 "ResponseCodeReason": "model_error",
                                 "ModelStatusCode": 500, "ModelStatusReason": "model_error",
                                 "RequestPayloadSize": 3, "ResponsePayloadSize": 6,
                                 "UserAgent": "agent \\"quoted\\" %s",
                                 "XRequestId": "r-1", "XMSClientRequestId": "mine",
                                 "TotalDurationMs": 30.0, "RequestDurationMs": 10.0,
                                 "ResponseDurationMs": 20.0, "RequestThrottlingDelayMs": 4.0,
                                 "ResponseThrottlingDelayMs": 5.5, "AuthType": "AMLToken",
                                 "InstanceId": "blue-0", "Attempts": 1,
                                 "TraceId": "4bf92f3577b34da6a3ce929d0e0e4736"}
                                """
                                        .formatted("a".repeat(55))));
        assertThat(lines.getLast().path("ResponseCode").asInt()).isEqualTo(400);
        assertThat(lines.getLast().path("ModelStatusCode").isNull()).isTrue();
        assertThat(lines.getLast().path("EndpointName").asString()).isEmpty();
    }

    @Test
    void aFullFileIsSetAsideAndOnlySoManyAreKept() throws Exception {
        Path file = folder.resolve("traffic.log");
        for (int run = 0; run < 5; run++) {
            try (var log = log(file, 4096, 2)) {
                log.ended(exchange("r-" + run, "/" + "a".repeat(4096)));
            }
        }
        assertThat(first(file)).isEqualTo("r-4");
        assertThat(first(folder.resolve("traffic.log.1"))).isEqualTo("r-3");
        assertThat(first(folder.resolve("traffic.log.2"))).isEqualTo("r-2");
        assertThat(folder.resolve("traffic.log.3")).doesNotExist();
    }

    private static String first(Path file) throws Exception {
        return lines(file).getFirst().path("XRequestId").asString();
    }

    @Test
    void whatCannotBeWrittenIsCountedAndHoldsNobodyUp() throws Exception {
        Path file = Files.createDirectory(folder.resolve("in-the-way"));
        int more = 100;
        var log = log(file, 1 << 20, 1);
        for (int i = 0; i < AccessLog.ROOM + more; i++) {
            log.ended(exchange("r"));
        }
        log.close();
        assertThat(log.lost()).isEqualTo(AccessLog.ROOM + more);
        assertThat(log.written()).isZero();
    }
}
