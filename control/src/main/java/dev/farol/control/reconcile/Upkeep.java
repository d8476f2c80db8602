package dev.farol.control.reconcile;

import dev.farol.control.model.StatusDocument;
import dev.farol.control.reconcile.DeploymentReconciler.Look;
import dev.farol.control.reconcile.DeploymentReconciler.Revision;
import dev.farol.control.reconcile.Instances.Observed;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What is told of a deployment that no operation works on: whether the good revision is all there.
 * Its state stays what the last operation made of it; the condition Ready follows the instances.
 */
final class Upkeep {
    private static final String SERVES = "The deployment answers requests.";

    /** When to look again after somebody else wrote at the same time. */
    private static final Duration OVERTAKEN = Duration.ofMillis(5);

    private final Bench bench;

    Upkeep(Bench bench) {
        this.bench = bench;
    }

    Optional<Duration> observe(Look look) {
        Revision good = look.good();
        if (good == null) {
            return written(bench.writer().write(look.resource(), look.status()));
        }
        Optional<Verdict> refusal = good.view().refusal();
        if (refusal.isPresent()) {
            return tell(look, false, refusal.get(), refusal.get().message())
                    ? Optional.of(retry(look, good.preparation()))
                    : Optional.of(OVERTAKEN);
        }
        List<Observed> members =
                good.prepared()
                        .map(ready -> bench.instances().of(look.id(), ready.revision()))
                        .orElse(List.of());
        long ready = members.stream().filter(Observed::ready).count();
        int wanted = good.deployment().capacity();
        boolean whole = good.prepared().isPresent() && ready >= wanted;
        look.track().settled |= whole;
        Verdict trouble = whole ? null : trouble(members);
        return written(tell(look, whole, trouble, Rollout.ofReady(ready, wanted)));
    }

    /** Forgets the refused preparation once it has rested, so that the next look begins another. */
    private Duration retry(Look look, Preparation refused) {
        Duration left = bench.config().retryMost().minus(refused.sinceEnd());
        if (left.isPositive()) {
            return left;
        }
        look.track().forget(refused);
        return Duration.ZERO;
    }

    private static Optional<Duration> written(boolean written) {
        return written ? Optional.empty() : Optional.of(OVERTAKEN);
    }

    private boolean tell(Look look, boolean whole, @Nullable Verdict trouble, String count) {
        StatusDocument status = look.status();
        Facts facts = bench.facts(look.resource(), status);
        boolean succeeded = status.state() == ProvisioningState.SUCCEEDED;
        if (whole) {
            facts.yes(Facts.READY, succeeded ? "Serving" : "PreviousServes", SERVES);
        } else if (trouble != null) {
            facts.no(Facts.READY, trouble.code().wire(), trouble.message());
        } else {
            facts.no(Facts.READY, look.track().settled ? "NotReady" : "Restarting", count);
        }
        if (succeeded) {
            status.verdict(trouble);
            if (whole) {
                facts.yes(Facts.INSTANCES_READY, "AllReady", count);
            } else {
                facts.no(Facts.INSTANCES_READY, "NotReady", count);
            }
        }
        return bench.writer().write(look.resource(), status);
    }

    private static @Nullable Verdict trouble(List<Observed> members) {
        return members.stream()
                .filter(each -> !each.ready())
                .map(each -> each.status().verdict())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse(null);
    }
}
