package dev.farol.control;

import dev.farol.spec.ResourceId;

/** What the instances of a deployment wrote. */
@FunctionalInterface
public interface InstanceLogs {
    /**
     * The last lines, oldest first, all instances together; empty when nothing was written yet.
     *
     * @param deployment the deployment's id
     * @param containerType {@code InferenceServer} for what workers printed, {@code
     *     StorageInitializer} for the environment's and the model's preparation
     * @param lines at most this many, at least 1
     */
    String tail(ResourceId deployment, String containerType, int lines);
}
