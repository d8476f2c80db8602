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
import java.util.Optional;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.node.ObjectNode;

/**
 * Environments from their registered versions. A version is resolved once; its lock is kept in the
 * version's status, {@code {"lock": {"definition": <sha256 of the conda file>, "lock": {…}}}}, and
 * replayed ever after.
 */
final class EnvironmentBuilds {
    private static final Logger log = LoggerFactory.getLogger(EnvironmentBuilds.class);
    private static final int ATTEMPTS = 10;

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
        Lock lock = locks.locked(version.key(), () -> lock(version, progress));
        return environments.build(lock, progress);
    }

    private Lock lock(ResourceId id, Consumer<String> progress) {
        Resource resource = find(id);
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
        keep(id, definition, lock);
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
            try {
                return Optional.of(Json.STRICT.treeToValue(entry.path("lock"), Lock.class));
            } catch (JacksonException foreign) {
                log.warn("The lock of {} cannot be read; it is resolved again", resource.id());
            }
        }
        return Optional.empty();
    }

    private void keep(ResourceId id, String definition, Lock lock) {
        for (int attempt = 1; ; attempt++) {
            Resource resource = find(id);
            ObjectNode status = resource.status().deepCopy();
            ObjectNode entry = Json.object().put("definition", definition);
            entry.set("lock", Json.STRICT.valueToTree(lock));
            status.set("lock", entry);
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

    private Resource find(ResourceId id) {
        return store.resources()
                .find(id)
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "The environment '" + id + "' does not exist"));
    }
}
