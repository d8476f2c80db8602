package dev.farol.control.reconcile;

import dev.farol.backend.Backend;
import dev.farol.backend.InstanceSpec;
import dev.farol.backend.InstanceStatus;
import dev.farol.spec.RequestSettings;
import dev.farol.spec.ResourceId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * The instances of the backend by deployment, so that looking at one deployment does not cost a
 * look at all of them; and the way out of each, which is walked once. One deployment's instances
 * are started and retired by one thread at a time; everybody may look.
 */
final class Instances {
    private final Backend backend;
    private final Departure departure;
    private final Consumer<ResourceId> changed;
    private final Map<String, Map<String, Entry>> byDeployment = new ConcurrentHashMap<>();
    private final Map<String, ResourceId> deployments = new ConcurrentHashMap<>();

    /**
     * @param changed told the deployment when something about its instances changed
     */
    Instances(Backend backend, Departure departure, Consumer<ResourceId> changed) {
        this.backend = backend;
        this.departure = departure;
        this.changed = changed;
    }

    /** An instance and what the backend says of it. */
    record Observed(String id, String revision, int index, InstanceStatus status) {
        boolean ready() {
            return status.state() == InstanceStatus.State.READY && status.host() != null;
        }

        boolean failed() {
            return status.state() == InstanceStatus.State.FAILED;
        }

        /** Whether a request may be running on it. */
        boolean called() {
            return status.state() == InstanceStatus.State.READY
                    || status.state() == InstanceStatus.State.NOT_READY;
        }
    }

    private enum Course {
        STARTING,
        KEPT,
        LEAVING
    }

    private record Entry(
            ResourceId deployment, InstanceName name, Duration requestTimeout, Course course) {
        Entry on(Course next) {
            return new Entry(deployment, name, requestTimeout, next);
        }
    }

    /** Takes in what the backend already keeps, and listens from now on. */
    void open() {
        backend.onChange(this::announce);
        adopt();
    }

    /** Looks for instances that nobody here started. */
    void adopt() {
        for (InstanceStatus status : backend.observeAll()) {
            if (status.state() != InstanceStatus.State.STOPPING
                    && !deployments.containsKey(status.id())) {
                InstanceName name =
                        InstanceName.read(status.id()).orElseGet(() -> new InstanceName("", 0));
                put(
                        status.id(),
                        new Entry(
                                status.deployment(),
                                name,
                                RequestSettings.DEFAULT.requestTimeout(),
                                Course.KEPT));
                changed.accept(status.deployment());
            }
        }
    }

    /** Has the backend start it and keep it alive. */
    void start(InstanceSpec spec, InstanceName name) {
        Duration requestTimeout = spec.requestSettings().requestTimeout();
        var entry = new Entry(spec.deployment(), name, requestTimeout, Course.STARTING);
        put(spec.id(), entry);
        boolean started = false;
        try {
            backend.ensure(spec);
            put(spec.id(), entry.on(Course.KEPT));
            started = true;
        } finally {
            if (!started) {
                forget(spec.id());
            }
        }
    }

    /** Those that are to stay, by index; what the backend lost is forgotten. */
    List<Observed> of(ResourceId deployment) {
        var observed = new ArrayList<Observed>();
        entries(deployment)
                .forEach(
                        (id, entry) -> {
                            if (entry.course() != Course.LEAVING) {
                                observe(id, entry).ifPresent(observed::add);
                            }
                        });
        observed.sort(Comparator.comparingInt(Observed::index).thenComparing(Observed::id));
        return observed;
    }

    List<Observed> of(ResourceId deployment, String revision) {
        return of(deployment).stream().filter(each -> each.revision().equals(revision)).toList();
    }

    /** Whether any is left, those on their way out included. */
    boolean any(ResourceId deployment) {
        return !entries(deployment).isEmpty();
    }

    /** Whether any is on its way out. */
    boolean anyLeaving(ResourceId deployment) {
        return entries(deployment).values().stream()
                .anyMatch(entry -> entry.course() == Course.LEAVING);
    }

    /** Starts the way out of an instance. */
    void retire(ResourceId deployment, Observed instance) {
        Map<String, Entry> entries = entries(deployment);
        Entry entry = entries.get(instance.id());
        if (entry == null || entry.course() == Course.LEAVING) {
            return;
        }
        entries.put(instance.id(), entry.on(Course.LEAVING));
        departure.begin(
                instance.id(),
                deployment.parent().orElseThrow(),
                instance.called() ? entry.requestTimeout() : Duration.ZERO,
                () -> {
                    forget(instance.id());
                    changed.accept(deployment);
                });
    }

    /** Every deployment that has an instance. */
    List<ResourceId> deployments() {
        return List.copyOf(deployments.values());
    }

    private Optional<Observed> observe(String id, Entry entry) {
        Optional<InstanceStatus> status = backend.observe(id);
        if (status.isEmpty() && entry.course() == Course.KEPT) {
            forget(id);
        }
        return status.map(
                seen -> new Observed(id, entry.name().revision(), entry.name().index(), seen));
    }

    private void announce(String id) {
        ResourceId deployment = deployments.get(id);
        if (deployment != null) {
            changed.accept(deployment);
        }
    }

    private Map<String, Entry> entries(ResourceId deployment) {
        return byDeployment.getOrDefault(deployment.key(), Map.of());
    }

    private void put(String id, Entry entry) {
        byDeployment.compute(
                entry.deployment().key(),
                (key, entries) -> {
                    Map<String, Entry> there =
                            entries == null ? new ConcurrentHashMap<>() : entries;
                    there.put(id, entry);
                    return there;
                });
        deployments.put(id, entry.deployment());
    }

    private void forget(String id) {
        ResourceId deployment = deployments.remove(id);
        if (deployment != null) {
            byDeployment.computeIfPresent(
                    deployment.key(),
                    (key, entries) -> {
                        entries.remove(id);
                        return entries.isEmpty() ? null : entries;
                    });
        }
    }
}
