package dev.farol.control.reconcile;

import dev.farol.control.model.StatusDocument;
import dev.farol.control.model.StatusDocument.LastGood;
import dev.farol.control.model.VerdictDocument;
import dev.farol.control.reconcile.DeploymentReconciler.Look;
import dev.farol.control.reconcile.DeploymentReconciler.Revision;
import dev.farol.control.reconcile.DeploymentRecord.Failure;
import dev.farol.control.reconcile.Instances.Observed;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.Phase;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.Verdict;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The way of a desired revision to the serving one: prepared, all instances ready, in the snapshot,
 * written down as good. Or to a verdict, after which the good revision serves as before.
 */
final class Rollout {
    private static final Duration LOOK = Duration.ofSeconds(1);
    private static final Duration AT_ONCE = Duration.ZERO;

    /** How often an instance may end before all are ready. */
    private static final int RESTARTS = 3;

    private static final int KEPT_LINES = 5000;

    private final Bench bench;

    Rollout(Bench bench) {
        this.bench = bench;
    }

    Optional<Duration> advance(Look look, Revision target) throws InterruptedException {
        Facts facts = bench.facts(look.resource(), look.status());
        Preparation.View view = target.view();
        PreparationFacts.add(facts, view);
        Optional<Verdict> refusal = view.refusal();
        if (refusal.isPresent()) {
            return fail(look, facts, refusal.get());
        }
        Optional<Prepared> prepared = view.prepared();
        if (prepared.isEmpty()) {
            facts.no(Facts.INSTANCES_READY, "Waiting", "The instances are not started yet.");
            return wait(look, facts);
        }
        return instances(look, target, prepared.get(), facts);
    }

    private Optional<Duration> instances(Look look, Revision target, Prepared prepared, Facts facts)
            throws InterruptedException {
        List<Observed> members = bench.instances().of(look.id(), prepared.revision());
        boolean scaling = look.good() != null && look.good().preparation() == target.preparation();
        Optional<Observed> failed =
                members.stream().filter(each -> hopeless(each, scaling)).findFirst();
        if (failed.isPresent()) {
            keepConsole(look, failed.get());
            return fail(look, facts, verdict(failed.get()));
        }
        long ready = members.stream().filter(Observed::ready).count();
        int wanted = target.deployment().capacity();
        Duration waited = look.track().waited(attempt(look));
        if (ready >= wanted) {
            return succeed(look, target, prepared, facts);
        }
        if (waited.compareTo(bench.config().readyDeadline()) > 0) {
            members.stream()
                    .filter(each -> !each.ready())
                    .findFirst()
                    .ifPresent(each -> keepConsole(look, each));
            return fail(look, facts, late(ready, wanted));
        }
        facts.no(Facts.INSTANCES_READY, "Starting", ofReady(ready, wanted));
        look.track().progress().say(saying(members, ready, wanted, waited));
        return wait(look, facts);
    }

    private Optional<Duration> succeed(Look look, Revision target, Prepared prepared, Facts facts)
            throws InterruptedException {
        look.track().announced = null;
        bench.serving().set(look.id(), prepared.serving());
        bench.publish(look.id().parent().orElseThrow());
        int capacity = target.deployment().capacity();
        facts.yes(Facts.INSTANCES_READY, "AllReady", ofReady(capacity, capacity))
                .yes(Facts.READY, "Serving", "The deployment answers requests.");
        look.status()
                .state(ProvisioningState.SUCCEEDED)
                .verdict(null)
                .lastGood(
                        new LastGood(
                                look.resource().generation(),
                                look.resource().spec(),
                                target.deployment().restart()));
        if (bench.writer().settle(look.resource(), look.status(), null)) {
            look.track().lastGood = look.status().lastGood().orElseThrow();
            look.track().settled = true;
            look.track().progress().line("all instances are ready");
            bench.records().forgetFailure(look.id());
        }
        return Optional.of(AT_ONCE);
    }

    /**
     * Ends the operation with a verdict; the next look takes the new instances away. A restart that
     * failed is over, too: the next write of the document does not begin it again.
     */
    Optional<Duration> fail(Look look, Facts facts, Verdict verdict) {
        String reason = verdict.code().wire();
        facts.no(Facts.INSTANCES_READY, reason, verdict.message());
        boolean serves =
                look.good() != null
                        && look.good()
                                .prepared()
                                .map(good -> bench.instances().of(look.id(), good.revision()))
                                .filter(members -> members.stream().anyMatch(Observed::ready))
                                .isPresent();
        if (serves) {
            facts.yes(Facts.READY, "PreviousServes", "The last good revision answers requests.");
        } else {
            facts.no(Facts.READY, reason, verdict.message());
        }
        look.status()
                .state(ProvisioningState.FAILED)
                .verdict(verdict)
                .restart(look.status().lastGood().map(LastGood::restart).orElse(null));
        if (bench.writer().settle(look.resource(), look.status(), VerdictDocument.error(verdict))) {
            look.track().progress().line("failed: " + verdict.message());
        }
        return Optional.of(AT_ONCE);
    }

    private Optional<Duration> wait(Look look, Facts facts) {
        StatusDocument status = look.status();
        if (look.good() == null) {
            facts.no(Facts.READY, "Deploying", "The deployment is being brought up.");
        }
        bench.writer().write(look.resource(), status);
        return Optional.of(LOOK);
    }

    private void keepConsole(Look look, Observed instance) {
        String console = bench.backend().logs(instance.id(), KEPT_LINES);
        bench.records().failed(look.id(), new Failure(instance.id(), console));
    }

    /** One that serves already, and only gets company, may have ended often in its long life. */
    private static boolean hopeless(Observed instance, boolean scaling) {
        return instance.failed()
                || (!scaling
                        && !instance.ready()
                        && instance.status().verdict() != null
                        && instance.status().restarts() >= RESTARTS);
    }

    private static String attempt(Look look) {
        return look.resource().generation() + " " + look.status().operation();
    }

    private static Verdict verdict(Observed instance) {
        Verdict verdict = instance.status().verdict();
        return verdict != null
                ? verdict
                : Verdict.early(
                        Phase.INIT,
                        ErrorCode.NOT_READY,
                        "An instance did not come up",
                        "Look at the deployment's log.");
    }

    private Verdict late(long ready, int wanted) {
        return Verdict.early(
                Phase.PROBE,
                ErrorCode.NOT_READY,
                ofReady(ready, wanted) + " after " + words(bench.config().readyDeadline()),
                "Look at the deployment's log for what init() waits for.");
    }

    static String ofReady(long ready, int wanted) {
        return ready
                + " of "
                + wanted
                + (wanted == 1 ? " instance is" : " instances are")
                + " ready";
    }

    private static String saying(List<Observed> members, long ready, int wanted, Duration waited) {
        String phase =
                members.stream()
                        .filter(each -> !each.ready())
                        .map(each -> each.status().phase())
                        .filter(each -> !each.isBlank())
                        .findFirst()
                        .orElse("start");
        return ofReady(ready, wanted) + "; " + phase + " running for " + words(waited);
    }

    private static String words(Duration duration) {
        return duration.toSeconds() + " s";
    }
}
