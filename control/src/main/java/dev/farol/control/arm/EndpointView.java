package dev.farol.control.arm;

import dev.farol.control.GatewayAddress;
import dev.farol.store.Resource;
import java.util.Locale;
import tools.jackson.databind.node.ObjectNode;

/** An online endpoint as ARM writes it. */
final class EndpointView {
    /** The properties that the server adds to the user's own. */
    static final String OPERATION_URL = "AzureAsyncOperationUri";

    static final String ENDPOINT_ID = "azureml.onlineendpointid";

    private final GatewayAddress gateway;
    private final LongRunning operations;
    private final String tenantId;

    EndpointView(GatewayAddress gateway, LongRunning operations, String tenantId) {
        this.gateway = gateway;
        this.operations = operations;
        this.tenantId = tenantId;
    }

    ObjectNode render(ArmCall call, Resource endpoint) {
        return render(call, endpoint, endpoint.status().path("operation").asString(""));
    }

    /**
     * @param operation the one that the reader should follow; empty for none
     */
    ObjectNode render(ArmCall call, Resource endpoint, String operation) {
        ObjectNode body = ResourceView.envelope(endpoint);
        ResourceView.identity(body, endpoint, tenantId);
        ObjectNode properties = ResourceView.properties(endpoint);
        String state = ResourceView.state(endpoint);
        properties.put("provisioningState", state);
        // A name that cannot be called yet would only be called too early.
        if (state.equals("Creating")) {
            properties.putNull("scoringUri");
            properties.putNull("swaggerUri");
        } else {
            String base =
                    gateway.base(call.host()) + "/api/v1/endpoint/" + endpoint.id().name() + "/";
            properties.put("scoringUri", base + "score");
            properties.put("swaggerUri", base + "swagger.json");
        }
        ObjectNode bag = (ObjectNode) properties.path("properties");
        bag.put(ENDPOINT_ID, endpoint.id().toString().toLowerCase(Locale.ROOT));
        if (!operation.isEmpty()) {
            bag.put(OPERATION_URL, operations.statusUrl(call, endpoint.id(), operation));
        }
        body.set("properties", properties);
        return body;
    }
}
