package dev.farol.control.reconcile;

import dev.farol.control.reconcile.Instances.Observed;
import dev.farol.spec.ResourceId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/** Brings the number of instances of each revision of a deployment to what is wished. */
final class Fleet {
    private final Instances instances;
    private final RandomGenerator random;

    Fleet(Instances instances, RandomGenerator random) {
        this.instances = instances;
        this.random = random;
    }

    /** So many instances of this revision. */
    record Wish(Prepared prepared, int count) {}

    /**
     * Starts what is missing and retires what is too much; answers how many it started.
     *
     * @param wishes by revision
     * @param unwanted revisions that nobody will ask for; others without a wish are left alone
     *     unless {@code complete}
     * @param complete whether the wishes are all: false while a revision is not known yet
     */
    int apply(
            ResourceId deployment,
            Map<String, Wish> wishes,
            Set<String> unwanted,
            boolean complete) {
        Map<String, List<Observed>> present =
                instances.of(deployment).stream()
                        .collect(Collectors.groupingBy(Observed::revision));
        present.forEach(
                (revision, members) -> {
                    if (!wishes.containsKey(revision)
                            && (complete || unwanted.contains(revision))) {
                        members.forEach(each -> instances.retire(deployment, each));
                    }
                });
        int started = 0;
        for (Wish wish : wishes.values()) {
            List<Observed> members = present.getOrDefault(wish.prepared().revision(), List.of());
            started += start(wish, members);
            surplus(members, wish.count()).forEach(each -> instances.retire(deployment, each));
        }
        return started;
    }

    private int start(Wish wish, List<Observed> members) {
        var taken = new ArrayList<>(members.stream().map(Observed::index).toList());
        int missing = Math.max(0, wish.count() - members.size());
        for (int i = 0; i < missing; i++) {
            int index = free(taken);
            taken.add(index);
            var name = new InstanceName(wish.prepared().revision(), index);
            String id =
                    InstanceName.next(
                            wish.prepared().deployment().id(), name.revision(), index, random);
            instances.start(wish.prepared().instance(id), name);
        }
        return missing;
    }

    /** The first that answer no requests, then the newest. */
    private static List<Observed> surplus(List<Observed> members, int count) {
        return members.stream()
                .sorted(
                        Comparator.comparing(Observed::ready)
                                .thenComparing(Comparator.comparingInt(Observed::index).reversed()))
                .limit(Math.max(0, members.size() - count))
                .toList();
    }

    private static int free(Collection<Integer> taken) {
        int index = 0;
        while (taken.contains(index)) {
            index++;
        }
        return index;
    }
}
