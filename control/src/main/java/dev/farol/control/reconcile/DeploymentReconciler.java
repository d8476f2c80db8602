package dev.farol.control.reconcile;

import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.StatusDocument;
import dev.farol.control.model.StatusDocument.LastGood;
import dev.farol.control.reconcile.Fleet.Wish;
import dev.farol.spec.FarolException;
import dev.farol.spec.Phase;
import dev.farol.spec.ProvisioningState;
import dev.farol.spec.ResourceId;
import dev.farol.spec.Verdict;
import dev.farol.store.Resource;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Online deployments. Two documents matter: the last good one, which serves and is kept serving
 * whatever happens, and, while an operation runs, the desired one, which is brought up beside it.
 * Both are prepared in the background; each look compares what is there with what is to be and
 * takes the next step, so that a newer wish or a delete interrupts at any point, and a restart goes
 * on from the store alone.
 */
final class DeploymentReconciler {
    /** For what somebody else's news should wake earlier. */
    private static final Duration AGAIN = Duration.ofSeconds(5);

    /** After somebody else wrote at the same time. */
    private static final Duration OVERTAKEN = Duration.ofMillis(5);

    private final Bench bench;
    private final Preparer preparer;
    private final Fleet fleet;
    private final Rollout rollout;
    private final Upkeep upkeep;
    private final Map<String, Track> tracks = new ConcurrentHashMap<>();

    DeploymentReconciler(Bench bench, Preparer preparer, Fleet fleet) {
        this.bench = bench;
        this.preparer = preparer;
        this.fleet = fleet;
        this.rollout = new Rollout(bench);
        this.upkeep = new Upkeep(bench);
    }

    /**
     * One look at a deployment.
     *
     * @param good keeps serving; null when nothing ever did
     * @param target is to be brought up; null when no operation asks for it
     */
    record Look(
            Resource resource,
            StatusDocument status,
            Track track,
            @Nullable Revision good,
            @Nullable Revision target) {
        ResourceId id() {
            return resource.id();
        }
    }

    /**
     * A document and how far its preparation was when the look began: all that one look concludes,
     * it concludes from the same. Were an end seen by the second question and not by the first, the
     * instances of a revision that serves would be taken for leftovers.
     */
    record Revision(OnlineDeployment deployment, Preparation preparation, Preparation.View view) {
        Revision(OnlineDeployment deployment, Preparation preparation) {
            this(deployment, preparation, preparation.view());
        }

        Optional<Prepared> prepared() {
            return view.prepared();
        }

        boolean known() {
            return view.result() != null;
        }
    }

    Optional<Duration> reconcile(ResourceId id) throws InterruptedException {
        Resource resource = bench.store().resources().find(id).orElse(null);
        if (resource == null) {
            return gone(id);
        }
        bench.writer().endOthers(resource);
        Track track = tracks.computeIfAbsent(id.key(), key -> track(resource.id()));
        StatusDocument status = StatusDocument.of(resource);
        if (status.state() == ProvisioningState.DELETING) {
            return remove(resource, track);
        }
        Look look = look(resource, status, track);
        Optional<Duration> next = converge(look);
        track.progress().flush();
        return next;
    }

    private Look look(Resource resource, StatusDocument status, Track track) {
        boolean moving = !status.state().terminal();
        String operation = moving ? status.operation() : null;
        track.progress().operation(operation);
        restoreLastGood(status, track);
        Revision good =
                status.lastGood()
                        .map(
                                last ->
                                        OnlineDeployment.of(
                                                resource.id(), last.spec(), last.restart()))
                        .or(() -> presumed(resource, status))
                        .map(document -> revision(track, document, null))
                        .orElse(null);
        Revision target = moving ? revision(track, OnlineDeployment.of(resource), operation) : null;
        Optional.ofNullable(target == null ? good : target)
                .flatMap(Revision::prepared)
                .ifPresent(prepared -> status.server(prepared.server()));
        return new Look(resource, status, track, good, target);
    }

    private Optional<Duration> converge(Look look) throws InterruptedException {
        Set<String> unwanted = dropOthers(look);
        Map<String, Wish> wishes = wishes(look);
        boolean complete = known(look.good()) && known(look.target());
        serve(look);
        Optional<Verdict> refusal = staff(look, wishes, unwanted, complete);
        if (refusal.isPresent()) {
            return rollout.fail(look, bench.facts(look.resource(), look.status()), refusal.get());
        }
        tidy(look, complete, wishes.keySet());
        return look.target() == null ? upkeep.observe(look) : rollout.advance(look, look.target());
    }

    /**
     * Sees to the number of instances; a verdict when the backend does not take the wished ones.
     */
    private Optional<Verdict> staff(
            Look look, Map<String, Wish> wishes, Set<String> unwanted, boolean complete) {
        try {
            int started = fleet.apply(look.id(), wishes, unwanted, complete);
            if (started > 0) {
                String what = started == 1 ? " instance" : " instances";
                look.track().progress().line("starting " + started + what);
            }
            return Optional.empty();
        } catch (FarolException refused) {
            if (look.target() == null || refused.code().retryable()) {
                throw refused;
            }
            return Optional.of(
                    Verdict.early(
                            Phase.VALIDATE,
                            refused.code(),
                            refused.problem().message(),
                            "Correct the deployment's settings, then deploy again."));
        }
    }

    /** A status that says Succeeded and keeps no last good document: the present one must be it. */
    private static Optional<OnlineDeployment> presumed(Resource resource, StatusDocument status) {
        return status.state() == ProvisioningState.SUCCEEDED
                ? Optional.of(OnlineDeployment.of(resource))
                : Optional.empty();
    }

    private static void restoreLastGood(StatusDocument status, Track track) {
        Optional<LastGood> kept = status.lastGood();
        if (kept.isPresent()) {
            track.lastGood = kept.get();
        } else if (track.lastGood != null) {
            status.lastGood(track.lastGood);
        }
    }

    private Revision revision(Track track, OnlineDeployment document, @Nullable String operation) {
        ResourceId id = track.id();
        return new Revision(
                document,
                track.preparation(document, operation, preparer, () -> bench.wake().accept(id)));
    }

    private static Set<String> dropOthers(Look look) {
        var wanted = new HashSet<Preparation>();
        if (look.good() != null) {
            wanted.add(look.good().preparation());
        }
        if (look.target() != null) {
            wanted.add(look.target().preparation());
        }
        return look.track().keepOnly(wanted).stream()
                .flatMap(dropped -> dropped.prepared().stream())
                .map(Prepared::revision)
                .collect(Collectors.toSet());
    }

    /**
     * While an operation runs there are as many instances of a revision as either side asks for.
     */
    private static Map<String, Wish> wishes(Look look) {
        var wishes = new HashMap<String, Wish>();
        for (Revision each : new Revision[] {look.good(), look.target()}) {
            if (each != null) {
                int count = each.deployment().capacity();
                each.prepared()
                        .ifPresent(
                                prepared ->
                                        wishes.merge(
                                                prepared.revision(),
                                                new Wish(prepared, count),
                                                (one, other) ->
                                                        one.count() >= other.count()
                                                                ? one
                                                                : other));
            }
        }
        return wishes;
    }

    private static boolean known(@Nullable Revision revision) {
        return revision == null || revision.known();
    }

    /** The good revision is what requests go to; the publisher is told when that is news. */
    private void serve(Look look) {
        String serving = "";
        if (look.good() == null) {
            bench.serving().clear(look.id());
        } else if (look.good().prepared().isPresent()) {
            Prepared prepared = look.good().prepared().get();
            bench.serving().set(look.id(), prepared.serving());
            serving = prepared.revision();
        }
        String news = look.resource().generation() + " " + serving;
        if (!news.equals(look.track().announced)) {
            look.track().announced = news;
            bench.publisher().mark(endpoint(look.id()));
        }
    }

    /** Removes copies of code that no instance works in any more. */
    private void tidy(Look look, boolean complete, Set<String> revisions)
            throws InterruptedException {
        boolean leaving = bench.instances().anyLeaving(look.id());
        if (leaving || !complete) {
            look.track().untidy = true;
        } else if (look.track().untidy) {
            bench.assets()
                    .keepApps(
                            look.id(),
                            revisions,
                            look.status().state() == ProvisioningState.FAILED);
            look.track().untidy = false;
        }
    }

    private Optional<Duration> remove(Resource resource, Track track) throws InterruptedException {
        ResourceId id = resource.id();
        List<Preparation> unused = track.keepOnly(Set.of());
        bench.serving().clear(id);
        bench.publish(endpoint(id));
        bench.instances().of(id).forEach(each -> bench.instances().retire(id, each));
        if (bench.instances().any(id)) {
            return Optional.of(AGAIN);
        }
        if (!bench.writer().remove(resource)) {
            return Optional.of(OVERTAKEN);
        }
        forget(id);
        return Optional.empty();
    }

    /** The resource is not there (any more): nothing may be left of it. */
    private Optional<Duration> gone(ResourceId id) throws InterruptedException {
        bench.serving().clear(id);
        Track track = tracks.get(id.key());
        if (track != null) {
            List<Preparation> unused = track.keepOnly(Set.of());
        }
        bench.instances().of(id).forEach(each -> bench.instances().retire(id, each));
        bench.writer().endAll(id);
        if (!bench.instances().any(id)) {
            forget(id);
        }
        return Optional.empty();
    }

    private void forget(ResourceId id) throws InterruptedException {
        bench.assets().removeApps(id);
        bench.records().forget(id);
        tracks.remove(id.key());
        bench.publisher().mark(endpoint(id));
        bench.wake().accept(endpoint(id));
    }

    private Track track(ResourceId id) {
        return new Track(
                id,
                new Progress(
                        id,
                        bench.store().operations(),
                        bench.records(),
                        bench.config().progressInterval()));
    }

    private static ResourceId endpoint(ResourceId deployment) {
        return deployment.parent().orElseThrow();
    }
}
