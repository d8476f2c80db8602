package dev.farol.control.reconcile;

import dev.farol.control.ControlLoop;
import dev.farol.control.InstanceLogs;
import dev.farol.control.Nudge;
import dev.farol.control.ReconcileConfig;
import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.OnlineEndpoint;
import dev.farol.control.snapshot.SnapshotPublisher;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore.Change;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;

/**
 * The acting half of the control plane, wired: reconcilers over a queue, the snapshot publisher,
 * the logs of deployments. It owns what it makes and nothing that it is given: store, backend and
 * environments are closed by who opened them, after this.
 */
public final class ReconcileLoop implements ControlLoop {
    private static final int FEED_PAGE = 500;
    private static final Duration CLOSE_DEADLINE = Duration.ofSeconds(5);

    private final Parts parts;
    private final ReconcileConfig config;
    private final WorkQueue queue;
    private final Departure departure;
    private final Instances instances;
    private final SnapshotPublisher publisher;
    private final Preparer preparer;
    private final DeploymentRecord records;
    private final AssetFolders assets;
    private final UnusedFiles unused;
    private final EndpointReconciler endpoints;
    private final DeploymentReconciler deployments;

    /** The newest change that was seen; only the queue's timer touches it after the start. */
    private long seenChange;

    public ReconcileLoop(Parts parts, ReconcileConfig config) {
        this.parts = parts;
        this.config = config;
        queue =
                new WorkQueue(
                        this::reconcile, config.workers(), config.retryFirst(), config.retryMost());
        departure =
                new Departure(parts.backend(), parts.drains(), this::unlist, config.drainGrace());
        instances = new Instances(parts.backend(), departure, this::instancesChanged);
        var serving = new Serving(instances);
        publisher =
                new SnapshotPublisher(
                        parts.store(),
                        serving,
                        parts.authority(),
                        parts.sinks(),
                        parts.clock(),
                        config.coalesce());
        records = new DeploymentRecord(parts.logs(), parts.clock());
        assets = new AssetFolders(parts.assets(), parts.objects(), parts.clock());
        unused =
                new UnusedFiles(
                        parts.store().resources(),
                        assets,
                        parts.environments(),
                        parts.clock(),
                        config);
        preparer =
                new Preparer(
                        parts.store().resources(),
                        new EnvironmentBuilds(parts.store(), parts.environments()),
                        assets,
                        parts.backend(),
                        config.preparations());
        var bench =
                new Bench(
                        parts.store(),
                        new StatusWriter(parts.store()),
                        parts.backend(),
                        instances,
                        serving,
                        publisher,
                        records,
                        assets,
                        queue::add,
                        parts.clock(),
                        config);
        endpoints = new EndpointReconciler(bench);
        deployments = new DeploymentReconciler(bench, preparer, new Fleet(instances, new Random()));
    }

    /** Publishes what the store says, takes up everything that is in it, and returns. */
    @Override
    public void start() {
        seenChange = parts.store().resources().lastChange();
        List<ResourceId> known = ids(OnlineDeployment.KIND);
        assets.sweep(known);
        records.sweep(known);
        publisher.start();
        instances.open();
        new Leftovers(parts.store()).settle(queue::add);
        lookAtAll();
        queue.every(config.feedPoll(), this::readFeed);
        queue.every(config.resync(), this::resync);
        queue.every(config.cleaning(), unused::remove);
    }

    /** What the API calls after it wrote. */
    @Override
    public Nudge nudge() {
        return this::changed;
    }

    /** What getLogs reads. */
    @Override
    public InstanceLogs logs() {
        return new DeploymentLogs(parts.backend(), instances, records);
    }

    /** The routing snapshot that was published last. */
    @Override
    public RoutingSnapshot snapshot() {
        return publisher.current();
    }

    /**
     * Takes up nothing new and waits for the looks that are in progress. Operations that are not
     * done stay open; the next start goes on with them. Snapshots still follow the instances.
     */
    @Override
    public void drain(Duration deadline) {
        queue.close(deadline);
    }

    @Override
    public void close() {
        drain(CLOSE_DEADLINE);
        preparer.close();
        unused.close();
        departure.close();
        publisher.close();
    }

    private Optional<Duration> reconcile(ResourceId id) throws InterruptedException {
        return id.kind().equalsIgnoreCase(OnlineEndpoint.KIND)
                ? endpoints.reconcile(id)
                : deployments.reconcile(id);
    }

    private void changed(ResourceId id) {
        if (Leftovers.reconciled(id)) {
            queue.add(id);
        }
    }

    private void instancesChanged(ResourceId deployment) {
        deployment.parent().ifPresent(publisher::instancesChanged);
        queue.add(deployment);
    }

    private CompletableFuture<Void> unlist(ResourceId endpoint) {
        return publisher.refresh(endpoint);
    }

    private void readFeed() {
        publisher.lookAtAuthority();
        List<Change> page;
        do {
            page = parts.store().resources().changes(seenChange, FEED_PAGE);
            for (Change change : page) {
                changed(change.id());
                seenChange = change.number();
            }
        } while (page.size() == FEED_PAGE);
    }

    private void resync() {
        instances.adopt();
        instances.deployments().forEach(queue::add);
        lookAtAll();
        int _ =
                parts.store()
                        .operations()
                        .prune(parts.clock().instant().minus(config.keepOperations()));
    }

    private void lookAtAll() {
        ids(OnlineEndpoint.KIND).forEach(queue::add);
        ids(OnlineDeployment.KIND).forEach(queue::add);
    }

    private List<ResourceId> ids(String kind) {
        return parts.store().resources().ofKind(kind).stream().map(Resource::id).toList();
    }
}
