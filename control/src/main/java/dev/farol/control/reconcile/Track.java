package dev.farol.control.reconcile;

import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.StatusDocument.LastGood;
import dev.farol.spec.ResourceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What is remembered of a deployment between two looks at it. All of it can be lost: it is made
 * again from the store. One thread at a time.
 */
final class Track {
    private final ResourceId id;
    private final Progress progress;
    private final Map<String, Preparation> preparations = new HashMap<>();

    private String waitedFor = "";
    private long waitedSince;

    /** Whether all that is to serve was ready once since Farol started. */
    boolean settled;

    /** Whether copies of code may lie about that nobody uses. */
    boolean untidy = true;

    /** What the publisher was last told of, so that it is told once. */
    @Nullable String announced;

    /** The last good document, in case that a writer of the status drops it. */
    @Nullable LastGood lastGood;

    Track(ResourceId id, Progress progress) {
        this.id = id;
        this.progress = progress;
    }

    ResourceId id() {
        return id;
    }

    Progress progress() {
        return progress;
    }

    /**
     * The preparation of this deployment: the one that runs or ran, or a new one that {@code
     * preparer} begins. One that an earlier operation saw refused is begun anew.
     */
    Preparation preparation(
            OnlineDeployment deployment,
            @Nullable String operation,
            Preparer preparer,
            Runnable moved) {
        String fingerprint = deployment.fingerprint();
        Preparation present = preparations.get(fingerprint);
        boolean stale =
                present != null
                        && present.refusal().isPresent()
                        && operation != null
                        && !Objects.equals(present.operation(), operation);
        if (present != null && !stale) {
            return present;
        }
        var begun = new Preparation(deployment, operation);
        preparations.put(fingerprint, begun);
        preparer.begin(begun, progress::line, moved);
        return begun;
    }

    /** Cancels and forgets all preparations but these; answers the forgotten ones. */
    List<Preparation> keepOnly(Set<Preparation> wanted) {
        var dropped = new ArrayList<Preparation>();
        preparations
                .values()
                .removeIf(
                        each -> {
                            boolean drop = !wanted.contains(each);
                            if (drop) {
                                each.cancel();
                                dropped.add(each);
                            }
                            return drop;
                        });
        return dropped;
    }

    void forget(Preparation preparation) {
        preparation.cancel();
        preparations.values().remove(preparation);
    }

    /** How long the instances of this attempt have been waited for. */
    Duration waited(String attempt) {
        if (!attempt.equals(waitedFor)) {
            waitedFor = attempt;
            waitedSince = System.nanoTime();
        }
        return Duration.ofNanos(System.nanoTime() - waitedSince);
    }
}
