package dev.farol.control.reconcile;

import dev.farol.control.ReconcileConfig;
import dev.farol.control.model.AssetReference;
import dev.farol.control.model.AssetVersion;
import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.StatusDocument;
import dev.farol.environment.Environments;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Removes the models, codes and Python environments of this machine that no deployment refers to,
 * neither with its present document nor with the one that served last.
 *
 * <p>What is not referred to may still be used: by an instance that drains, by a preparation that
 * began after the store was read. So everything is stamped when it is used, and only goes when it
 * was out of use for a while, much longer than any of these last. All of it can be made again from
 * the store; a crash in between leaves a folder whole or under a name that the next start removes.
 */
final class UnusedFiles {
    private static final Logger log = LoggerFactory.getLogger(UnusedFiles.class);

    private final ResourceStore resources;
    private final AssetFolders assets;
    private final Environments environments;
    private final InstantSource clock;
    private final ReconcileConfig config;
    private volatile @Nullable Thread running;
    private volatile boolean closed;

    UnusedFiles(
            ResourceStore resources,
            AssetFolders assets,
            Environments environments,
            InstantSource clock,
            ReconcileConfig config) {
        this.resources = resources;
        this.assets = assets;
        this.environments = environments;
        this.clock = clock;
        this.config = config;
    }

    /** What deployments refer to, as the folders of this machine are called. */
    private record Wanted(Set<String> models, Set<String> codes, Set<String> environments) {
        Wanted() {
            this(new HashSet<>(), new HashSet<>(), new HashSet<>());
        }
    }

    /** Looks through everything in the background, unless that is going on already. */
    void remove() {
        Thread present = running;
        if (!closed && (present == null || !present.isAlive())) {
            running = Thread.ofVirtual().name("unused-files").start(this::look);
        }
    }

    void close() {
        closed = true;
        Thread present = running;
        if (present != null) {
            present.interrupt();
            try {
                present.join();
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    private void look() {
        try {
            // Before the store is read: what begins to be used from now on is younger.
            Instant now = clock.instant();
            Wanted wanted = wanted();
            assets.removeUnused(wanted.models(), wanted.codes(), now.minus(config.keepAssets()));
            if (!closed) {
                Set<String> _ =
                        environments.prune(
                                wanted.environments(), now.minus(config.keepEnvironments()));
            }
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException failure) {
            if (!closed) {
                log.warn("Unused files could not be removed; the next look will try", failure);
            }
        }
    }

    private Wanted wanted() {
        var wanted = new Wanted();
        for (Resource each : resources.ofKind(OnlineDeployment.KIND)) {
            documents(each).forEach(document -> add(wanted, document));
            wanted.environments().addAll(EnvironmentBuilds.modelKeys(each));
        }
        return wanted;
    }

    private static Stream<OnlineDeployment> documents(Resource deployment) {
        return Stream.concat(
                Stream.of(OnlineDeployment.of(deployment)),
                StatusDocument.of(deployment).lastGood().stream()
                        .map(
                                last ->
                                        OnlineDeployment.of(
                                                deployment.id(), last.spec(), last.restart())));
    }

    private void add(Wanted wanted, OnlineDeployment document) {
        ResourceId workspace = document.id().workspaceId();
        version(document.model(), "models", workspace)
                .map(found -> AssetVersion.model(found).key())
                .ifPresent(wanted.models()::add);
        version(document.code(), "codes", workspace)
                .map(found -> AssetVersion.code(found).key())
                .ifPresent(wanted.codes()::add);
        version(document.environment(), "environments", workspace)
                .flatMap(EnvironmentBuilds::key)
                .ifPresent(wanted.environments()::add);
    }

    /** The version that is meant; empty for a reference that leads nowhere, which has no files. */
    private Optional<Resource> version(
            @Nullable String reference, String type, ResourceId workspace) {
        if (reference == null) {
            return Optional.empty();
        }
        ResourceId id;
        try {
            id = AssetReference.resolve(reference, type, workspace);
        } catch (FarolException refused) {
            log.debug("'{}' means nothing", reference, refused);
            return Optional.empty();
        }
        return resources.find(id);
    }
}
