package dev.farol.control.arm;

import dev.farol.control.model.StatusDocument;
import dev.farol.control.model.VerdictDocument;
import dev.farol.store.Resource;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** An online deployment as ARM writes it. */
final class DeploymentView {
    static final String VERDICT = "farol.verdict";
    static final String SERVER = "farol.server";
    static final String SERVER_REASON = "farol.serverReason";

    private final LongRunning operations;
    private final String tenantId;

    DeploymentView(LongRunning operations, String tenantId) {
        this.operations = operations;
        this.tenantId = tenantId;
    }

    ObjectNode render(ArmCall call, Resource deployment) {
        return render(call, deployment, deployment.status().path("operation").asString(""));
    }

    /**
     * @param operation the one that the reader should follow; empty for none
     */
    ObjectNode render(ArmCall call, Resource deployment, String operation) {
        ObjectNode body = ResourceView.envelope(deployment);
        ResourceView.identity(body, deployment, tenantId);
        ObjectNode properties = ResourceView.properties(deployment);
        String state = ResourceView.state(deployment);
        properties.put("provisioningState", state);
        ObjectNode bag = (ObjectNode) properties.path("properties");
        String endpoint = deployment.id().parent().orElseThrow().toString();
        bag.put(EndpointView.ENDPOINT_ID, endpoint.toLowerCase(Locale.ROOT));
        if (!operation.isEmpty()) {
            bag.put(
                    EndpointView.OPERATION_URL,
                    operations.statusUrl(call, deployment.id(), operation));
        }
        VerdictDocument.read(deployment.status().path("verdict"))
                .ifPresent(verdict -> bag.put(VERDICT, verdict.text()));
        StatusDocument.of(deployment)
                .server()
                .ifPresent(
                        server ->
                                bag.put(SERVER, server.name()).put(SERVER_REASON, server.reason()));
        body.set("properties", properties);
        return body;
    }
}
