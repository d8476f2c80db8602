package dev.farol.control.arm;

import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.Resource;
import dev.farol.wire.ApiResponse;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import tools.jackson.databind.node.ObjectNode;

/**
 * The answers that begin a long-running operation, and the URLs to follow it (contracts §1.2, §1.3,
 * clients §5).
 */
final class LongRunning {
    static final String STATUS = "mfeOperationsStatus";
    static final String RESULTS = "mfeOperationResults";

    /** Clients sleep so long between the first two polls: whole seconds, never zero. */
    private static final String RETRY_AFTER = "1";

    private static final String TIMEOUT = "PT30M";

    private final String location;

    LongRunning(String location) {
        this.location = location;
    }

    /** The region in the URLs, which is that of new workspaces. */
    String location() {
        return location;
    }

    /** The status URL of an operation, to be called as it stands. */
    String statusUrl(ArmCall call, ResourceId target, String operation) {
        return url(call, target, STATUS, operation);
    }

    /** A PUT or PATCH that was accepted; the resource is in the body. */
    ApiResponse written(
            ArmCall call, int status, Resource target, String operation, ObjectNode body) {
        return ResourceView.answer(status, target, body)
                .header("Azure-AsyncOperation", url(call, target.id(), STATUS, operation))
                .header("Location", url(call, target.id(), RESULTS, operation))
                .header("x-ms-async-operation-timeout", TIMEOUT)
                .header("Retry-After", RETRY_AFTER);
    }

    /**
     * A PUT or PATCH whose work may go on: 201 for what is new; 202 for a PATCH that is not over
     * yet.
     */
    ApiResponse written(ArmCall call, Desired.Written written, boolean patch, ObjectNode body) {
        Operation operation = written.operation();
        int status = written.created() ? 201 : patch && !operation.status().terminal() ? 202 : 200;
        return written(call, status, written.resource(), operation.id(), body);
    }

    /** A DELETE that was accepted. */
    ApiResponse deleting(ArmCall call, ResourceId target, String operation) {
        return ApiResponse.json(202, "null")
                .header("Azure-AsyncOperation", url(call, target, STATUS, operation))
                .header("Location", url(call, target, RESULTS, operation))
                .header("x-ms-async-operation-timeout", TIMEOUT)
                .header("Retry-After", RETRY_AFTER);
    }

    private String url(ArmCall call, ResourceId target, String kind, String operation) {
        return call.url(
                "/subscriptions/"
                        + target.subscription()
                        + "/providers/"
                        + ResourceId.PROVIDER
                        + "/locations/"
                        + location
                        + "/"
                        + kind
                        + "/"
                        + operation
                        + "?api-version="
                        + URLEncoder.encode(call.apiVersion(), StandardCharsets.UTF_8));
    }
}
