package dev.farol.control.reconcile;

import dev.farol.backend.Backend;
import dev.farol.control.ReconcileConfig;
import dev.farol.control.model.StatusDocument;
import dev.farol.control.snapshot.SnapshotPublisher;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import java.time.InstantSource;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;

/**
 * What every reconciler works with.
 *
 * @param wake has a resource looked at soon
 */
record Bench(
        Store store,
        StatusWriter writer,
        Backend backend,
        Instances instances,
        Serving serving,
        SnapshotPublisher publisher,
        DeploymentRecord records,
        AssetFolders assets,
        Consumer<ResourceId> wake,
        InstantSource clock,
        ReconcileConfig config) {
    private static final long PUBLISH_SECONDS = 10;

    /** Returns when every gateway has a snapshot that knows the endpoint as it is now. */
    void publish(ResourceId endpoint) throws InterruptedException {
        try {
            publisher.refresh(endpoint).get(PUBLISH_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            throw new FarolException(
                    ErrorCode.UNAVAILABLE, endpoint.name(), "The endpoint cannot be published now");
        }
    }

    Facts facts(Resource resource, StatusDocument status) {
        return new Facts(status, resource.generation(), clock.instant());
    }
}
