package dev.farol.gateway;

import dev.farol.gateway.ExchangeRecord.Asked;
import dev.farol.gateway.ExchangeRecord.Times;
import java.time.Duration;
import java.time.Instant;
import tools.jackson.core.JsonGenerator;

/**
 * One request as a line of JSON, with the columns of Azure's table AmlOnlineEndpointTrafficLog
 * (contracts §9.3) under their names, and a few of Farol's own at the end.
 */
final class TrafficLine {
    private static final int LONGEST_AGENT = 70;

    private TrafficLine() {}

    static void write(JsonGenerator json, Instant ended, ExchangeRecord exchange) {
        Asked asked = exchange.asked();
        Times times = exchange.times();
        String scope = exchange.route().scope();
        json.writeStartObject();
        json.writeStringProperty("TimeGenerated", ended.toString());
        json.writeStringProperty("Method", asked.method());
        json.writeStringProperty("Path", asked.path());
        json.writeStringProperty("SubscriptionId", after(scope, "/subscriptions/"));
        json.writeStringProperty("AzureMLWorkspaceId", workspace(scope));
        json.writeStringProperty("AzureMLWorkspaceName", after(scope, "/workspaces/"));
        json.writeStringProperty("EndpointName", exchange.endpoint());
        json.writeStringProperty("DeploymentName", exchange.deployment());
        json.writeStringProperty("Protocol", asked.protocol());
        json.writeNumberProperty("ResponseCode", exchange.status());
        json.writeStringProperty("ResponseCodeReason", exchange.reason());
        if (exchange.modelStatus() == 0) {
            json.writeNullProperty("ModelStatusCode");
        } else {
            json.writeNumberProperty("ModelStatusCode", exchange.modelStatus());
        }
        json.writeStringProperty(
                "ModelStatusReason", exchange.modelStatus() == 0 ? "" : exchange.reason());
        json.writeNumberProperty("RequestPayloadSize", exchange.requestBytes());
        json.writeNumberProperty("ResponsePayloadSize", exchange.responseBytes());
        json.writeStringProperty("UserAgent", cut(asked.userAgent()));
        json.writeStringProperty("XRequestId", asked.requestId());
        json.writeStringProperty("XMSClientRequestId", asked.clientRequestId());
        milliseconds(json, "TotalDurationMs", times.total());
        milliseconds(json, "RequestDurationMs", times.received());
        milliseconds(json, "ResponseDurationMs", times.firstByte());
        milliseconds(json, "RequestThrottlingDelayMs", times.requestDelay());
        milliseconds(json, "ResponseThrottlingDelayMs", times.responseDelay());
        json.writeStringProperty("AuthType", auth(exchange));
        json.writeStringProperty("InstanceId", exchange.instance());
        json.writeNumberProperty("Attempts", exchange.attempts());
        json.writeStringProperty("TraceId", asked.traceId());
        json.writeEndObject();
    }

    private static String auth(ExchangeRecord exchange) {
        return switch (exchange.route().auth()) {
            case KEY -> "Key";
            case AML_TOKEN -> "AMLToken";
            case AAD_TOKEN -> "AADToken";
            case null -> "";
        };
    }

    private static String cut(String agent) {
        return agent.length() <= LONGEST_AGENT ? agent : agent.substring(0, LONGEST_AGENT);
    }

    private static void milliseconds(JsonGenerator json, String name, Duration duration) {
        json.writeNumberProperty(name, Math.round(duration.toNanos() / 1e3) / 1e3);
    }

    /** The part of a resource id that follows {@code mark}; empty when it has none. */
    private static String after(String scope, String mark) {
        int from = scope.indexOf(mark);
        if (from < 0) {
            return "";
        }
        int end = scope.indexOf('/', from + mark.length());
        return scope.substring(from + mark.length(), end < 0 ? scope.length() : end);
    }

    /** The resource id of the workspace that the endpoint is in. */
    private static String workspace(String scope) {
        int end = scope.indexOf("/onlineendpoints/");
        return end < 0 ? "" : scope.substring(0, end);
    }
}
