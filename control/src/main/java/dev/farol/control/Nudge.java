package dev.farol.control;

import dev.farol.spec.ResourceId;

/**
 * Told, after a commit, that a resource's desired state changed and a reconciler should look at it.
 * Returns at once and never throws; a lost call is healed by the reconciler's own reading of the
 * change feed.
 */
@FunctionalInterface
public interface Nudge {
    void changed(ResourceId id);
}
