package dev.farol.control.reconcile;

import dev.farol.control.model.Digests;
import dev.farol.control.model.EnvironmentVersion;
import dev.farol.environment.Definition;
import dev.farol.environment.Environments;
import dev.farol.environment.Lock;
import dev.farol.environment.PythonEnvironment;
import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.Store;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Environments from their registered versions. A version is resolved once; its lock is kept in the
 * version's status, {@code {"lock": {"definition": <sha256 of the conda file>, "lock": {…}}}}, and
 * replayed ever after.
 */
final class EnvironmentBuilds {
    private static final Logger log = LoggerFactory.getLogger(EnvironmentBuilds.class);
    private static final int ATTEMPTS = 10;
    private static final String MODEL_LOCKS = "modelLocks";
    private static final int MOST_MODEL_LOCKS = 4;

    private final Store store;
    private final Environments environments;
    private final KeyedLocks locks = new KeyedLocks();

    EnvironmentBuilds(Store store, Environments environments) {
        this.store = store;
        this.environments = environments;
    }

    /**
     * @throws FarolException {@code NOT_SUPPORTED} for a version that is a Dockerfile, and what
     *     resolving and building throw
     */
    PythonEnvironment of(ResourceId version, Consumer<String> progress)
            throws InterruptedException {
        return build(lockOf(version, progress), progress);
    }

    /** Runs a script, see {@link Environments#run}. */
    Environments.Ran run(
            PythonEnvironment environment,
            Path script,
            List<String> arguments,
            Path folder,
            Duration limit,
            Consumer<String> messages)
            throws InterruptedException {
        return environments.run(environment, script, arguments, folder, limit, messages);
    }

    /** The environment of a lock. */
    PythonEnvironment build(Lock lock, Consumer<String> progress) {
        return environments.build(lock, progress);
    }

    /**
     * What a registered version was locked to, now or before.
     *
     * @throws FarolException as {@link #of}
     */
    Lock lockOf(ResourceId version, Consumer<String> progress) throws InterruptedException {
        return locks.locked(version.key(), () -> lock(version, progress));
    }

    /**
     * What the files of a deployment's model were locked to, now or before: the lock is kept with
     * the deployment and holds as long as these files say the same, whatever the index has by then.
     * It is kept with the model, too, for its next deployment.
     */
    Lock lockOf(
            ResourceId deployment,
            ResourceId model,
            Definition definition,
            Consumer<String> progress)
            throws InterruptedException {
        String digest =
                Digests.hex(
                        definition.form().name(),
                        definition.condaFile(),
                        new TreeMap<>(definition.files()).toString(),
                        definition.more().isEmpty() ? null : definition.more().toString());
        return locks.locked(
                deployment.key(),
                () -> {
                    Optional<Lock> kept = modelLock(find(deployment, "deployment"), digest);
                    if (kept.isPresent()) {
                        progress.accept(
                                "the model's packages are as they were locked for this deployment");
                        return kept.get();
                    }
                    Lock lock =
                            locks.locked(
                                    model.key(),
                                    () -> ofModel(model, digest, definition, progress));
                    keep(deployment, "deployment", status -> keepModelLock(status, digest, lock));
                    return lock;
                });
    }

    private Lock ofModel(
            ResourceId model, String digest, Definition definition, Consumer<String> progress) {
        Optional<Lock> kept = modelLock(find(model, "model"), digest);
        if (kept.isPresent()) {
            progress.accept("the model's packages are as they were locked for it before");
            return kept.get();
        }
        Lock lock = environments.resolve(definition, progress);
        keep(model, "model", status -> keepModelLock(status, digest, lock));
        return lock;
    }

    private static Optional<Lock> modelLock(Resource resource, String digest) {
        return read(resource, resource.status().path(MODEL_LOCKS).path(digest));
    }

    private static void keepModelLock(ObjectNode status, String digest, Lock lock) {
        ObjectNode all =
                status.get(MODEL_LOCKS) instanceof ObjectNode there
                        ? there
                        : status.putObject(MODEL_LOCKS);
        all.remove(digest);
        all.set(digest, Json.STRICT.valueToTree(lock));
        // The present model's and the one's before it that may have to serve again.
        while (all.size() > MOST_MODEL_LOCKS) {
            all.remove(all.propertyNames().iterator().next());
        }
    }

    /** The keys of the environments that a deployment's models were locked to. */
    static Set<String> modelKeys(Resource deployment) {
        Set<String> keys = new HashSet<>();
        deployment
                .status()
                .path(MODEL_LOCKS)
                .forEach(
                        lock -> {
                            String key = lock.path("key").asString("");
                            if (!key.isEmpty()) {
                                keys.add(key);
                            }
                        });
        return keys;
    }

    private Lock lock(ResourceId id, Consumer<String> progress) {
        Resource resource = find(id, "environment");
        EnvironmentVersion version = EnvironmentVersion.of(resource);
        if (version.built()) {
            throw new FarolException(
                    ErrorCode.NOT_SUPPORTED,
                    "'" + version.label() + "' is built from a Dockerfile; give a conda file");
        }
        String definition = Digests.hex(version.condaFile());
        Optional<Lock> kept = kept(resource, definition);
        if (kept.isPresent()) {
            return kept.get();
        }
        Lock lock =
                environments.resolve(
                        new Definition(version.condaFile(), version.label()), progress);
        keep(
                id,
                "environment",
                status -> {
                    ObjectNode entry = Json.object().put("definition", definition);
                    entry.set("lock", Json.STRICT.valueToTree(lock));
                    status.set("lock", entry);
                });
        return lock;
    }

    /** The key of the environment that a version was locked to, if it ever was. */
    static Optional<String> key(Resource version) {
        String key = version.status().path("lock").path("lock").path("key").asString("");
        return key.isEmpty() ? Optional.empty() : Optional.of(key);
    }

    private static Optional<Lock> kept(Resource resource, String definition) {
        if (resource.status().get("lock") instanceof ObjectNode entry
                && definition.equals(entry.path("definition").asString(""))) {
            return read(resource, entry.path("lock"));
        }
        return Optional.empty();
    }

    private static Optional<Lock> read(Resource resource, JsonNode lock) {
        if (lock.isMissingNode()) {
            return Optional.empty();
        }
        try {
            return Optional.of(Json.STRICT.treeToValue(lock, Lock.class));
        } catch (JacksonException foreign) {
            log.warn("The lock of {} cannot be read; it is resolved again", resource.id());
            return Optional.empty();
        }
    }

    private void keep(ResourceId id, String kind, Consumer<ObjectNode> change) {
        for (int attempt = 1; ; attempt++) {
            Resource resource = find(id, kind);
            ObjectNode status = resource.status().deepCopy();
            change.accept(status);
            try {
                store.resources().updateStatus(id, resource.version(), status);
                return;
            } catch (FarolException overtaken) {
                if (overtaken.code() != ErrorCode.PRECONDITION_FAILED || attempt == ATTEMPTS) {
                    throw overtaken;
                }
            }
        }
    }

    private Resource find(ResourceId id, String kind) {
        return store.resources()
                .find(id)
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "The " + kind + " '" + id + "' does not exist"));
    }
}
