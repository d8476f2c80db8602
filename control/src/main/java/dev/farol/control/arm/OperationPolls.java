package dev.farol.control.arm;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.Operation;
import dev.farol.store.OperationStore;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import dev.farol.wire.ApiResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BiFunction;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where clients ask how an operation goes. An answer is held back for a moment while nothing
 * happens, so that a client that polls learns of the end when it comes.
 */
final class OperationPolls {
    private static final Duration GLANCE = Duration.ofMillis(15);

    private final Store store;
    private final Duration hold;
    private final Map<String, BiFunction<ArmCall, Resource, ObjectNode>> views;

    /**
     * @param hold how long an answer may wait for news
     * @param views how to render the target of an operation, by its kind
     */
    OperationPolls(
            Store store,
            Duration hold,
            Map<String, BiFunction<ArmCall, Resource, ObjectNode>> views) {
        this.store = store;
        this.hold = hold;
        this.views = Map.copyOf(views);
    }

    /** {@code …/mfeOperationsStatus/{id}}: always 200. */
    ApiResponse status(ArmCall call) {
        Operation operation = await(call);
        ObjectNode body = Json.object();
        body.put("id", call.request().path());
        body.put("name", operation.id());
        body.put("status", operation.status().wire());
        body.put("startTime", operation.startTime().toString());
        Instant end = operation.endTime();
        if (end != null) {
            body.put("endTime", end.toString());
        }
        body.put("percentComplete", operation.status().terminal() ? 100.0 : 0.0);
        body.put("resourceId", operation.target().toString());
        body.putObject("properties").put("progress", operation.progress());
        if (operation.status() == Operation.Status.FAILED
                || operation.status() == Operation.Status.CANCELED) {
            body.set("error", error(operation));
        }
        return paced(operation, ApiResponse.json(200, body.toString()));
    }

    /** {@code …/mfeOperationResults/{id}}: 202 until the end, then the result. */
    ApiResponse result(ArmCall call) {
        Operation operation = await(call);
        return switch (operation.status()) {
            case IN_PROGRESS ->
                    paced(operation, ApiResponse.json(202, "null"))
                            .header("Location", call.url(call.request().path() + query(call)));
            case SUCCEEDED -> outcome(call, operation);
            case FAILED, CANCELED -> failure(operation);
        };
    }

    private ApiResponse outcome(ArmCall call, Operation operation) {
        var view = views.get(operation.target().kind());
        if (operation.kind() == Operation.Kind.DELETE || view == null) {
            return ApiResponse.of(204);
        }
        return store.resources()
                .find(operation.target())
                .map(found -> ApiResponse.json(200, view.apply(call, found).toString()))
                .orElseGet(() -> ApiResponse.of(204));
    }

    /** Never a 5xx, which clients would repeat for minutes (contracts §1.4). */
    private static ApiResponse failure(Operation operation) {
        ObjectNode body = Json.object();
        body.set("error", error(operation));
        return ApiResponse.json(
                operation.status() == Operation.Status.CANCELED ? 409 : 400, body.toString());
    }

    private static ObjectNode error(Operation operation) {
        ObjectNode stored = operation.error();
        if (stored != null) {
            return stored;
        }
        ErrorCode code =
                operation.status() == Operation.Status.CANCELED
                        ? ErrorCode.CANCELED
                        : ErrorCode.INTERNAL;
        ObjectNode error = Json.object();
        error.put("code", code.wire());
        error.put("message", code.doc());
        return error;
    }

    /** The operation, as soon as it differs from what it is now, or when the patience ends. */
    private Operation await(ArmCall call) {
        String id = call.name("operation");
        Operation first = find(call, id);
        Operation latest = first;
        long deadline = System.nanoTime() + hold.toNanos();
        while (!latest.status().terminal()
                && latest.progress().equals(first.progress())
                && System.nanoTime() < deadline
                && !Thread.currentThread().isInterrupted()) {
            LockSupport.parkNanos(GLANCE.toNanos());
            latest = find(call, id);
        }
        return latest;
    }

    private Operation find(ArmCall call, String id) {
        OperationStore operations = store.operations();
        return operations
                .find(id)
                .filter(
                        operation ->
                                operation
                                        .target()
                                        .subscription()
                                        .equalsIgnoreCase(call.name("sub")))
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no operation '"
                                                + id
                                                + "' (it never was, or it ended long ago)."));
    }

    private static ApiResponse paced(Operation operation, ApiResponse answer) {
        return operation.status().terminal() ? answer : answer.header("x-ms-retry-after-ms", "100");
    }

    private static String query(ArmCall call) {
        String query = call.request().query();
        return query.isEmpty() ? "" : "?" + query;
    }
}
