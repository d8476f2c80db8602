package dev.farol.store.memory;

import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore;
import dev.farol.store.rule.Key;
import dev.farol.store.rule.Refusal;
import dev.farol.store.rule.ResourceRow;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import tools.jackson.databind.node.ObjectNode;

/** Resources in a sorted map by key. */
final class MemoryResources implements ResourceStore {
    private final MemoryAccess access;
    private final InstantSource clock;

    MemoryResources(MemoryAccess access, InstantSource clock) {
        this.access = access;
        this.clock = clock;
    }

    @Override
    public Resource create(ResourceId id, ObjectNode spec, ObjectNode status, String by) {
        return access.with(
                state -> {
                    if (state.rows.containsKey(id.key())) {
                        throw Refusal.exists(id);
                    }
                    var row =
                            ResourceRow.created(
                                    id, state.lastChange + 1, spec, status, by, clock.instant());
                    return write(state, row);
                });
    }

    @Override
    public Optional<Resource> find(ResourceId id) {
        return access.with(state -> Optional.ofNullable(state.rows.get(id.key())))
                .map(ResourceRow::resource);
    }

    @Override
    public Resource updateSpec(ResourceId id, long version, ObjectNode spec, String by) {
        return access.with(
                state ->
                        write(
                                state,
                                present(state, id)
                                        .requireVersion(version)
                                        .withSpec(
                                                state.lastChange + 1, spec, by, clock.instant())));
    }

    @Override
    public Resource updateStatus(ResourceId id, long version, ObjectNode status) {
        return access.with(
                state -> {
                    ResourceRow row = present(state, id).requireVersion(version);
                    return row.hasStatus(status)
                            ? row.resource()
                            : write(state, row.withStatus(state.lastChange + 1, status));
                });
    }

    @Override
    public boolean delete(ResourceId id) {
        return access.with(
                state -> {
                    String key = id.key();
                    boolean there = state.rows.containsKey(key);
                    List<String> doomed =
                            state.rows.tailMap(key).keySet().stream()
                                    .takeWhile(other -> other.startsWith(key))
                                    .filter(
                                            other ->
                                                    other.equals(key)
                                                            || other.startsWith(Key.below(key)))
                                    .toList();
                    for (String each : doomed) {
                        ResourceRow row = state.rows.remove(each);
                        if (row != null) {
                            state.secrets.remove(each);
                            state.change(row.resourceId(), true);
                        }
                    }
                    return there;
                });
    }

    @Override
    public List<Resource> list(Query query) {
        String parent = query.parent().key();
        String type = Key.lower(query.type());
        String name = query.name() == null ? null : Key.lower(query.name());
        return rows(
                        row ->
                                row.parentKey().equals(parent)
                                        && row.typeKey().equals(type)
                                        && (name == null || row.nameKey().equals(name)))
                .stream()
                .sorted(comparator(query.order()))
                .skip(query.offset())
                .limit(query.limit())
                .map(ResourceRow::resource)
                .toList();
    }

    @Override
    public List<Resource> ofKind(String kind) {
        String kindKey = Key.lower(kind);
        return rows(row -> row.kindKey().equals(kindKey)).stream()
                .map(ResourceRow::resource)
                .toList();
    }

    @Override
    public void putSecret(ResourceId id, String name, byte[] value) {
        access.with(
                state -> {
                    ResourceRow row = present(state, id);
                    Map<String, byte[]> named =
                            state.secrets.computeIfAbsent(row.key(), key -> new HashMap<>());
                    if (!Arrays.equals(named.get(name), value)) {
                        named.put(name, value.clone());
                        state.change(row.resourceId(), false);
                    }
                    return row;
                });
    }

    @Override
    public Optional<byte[]> secret(ResourceId id, String name) {
        return access.with(
                state ->
                        Optional.ofNullable(
                                        state.secrets.getOrDefault(id.key(), Map.of()).get(name))
                                .map(byte[]::clone));
    }

    @Override
    public long lastChange() {
        return access.with(state -> state.lastChange);
    }

    @Override
    public List<Change> changes(long after, int limit) {
        return access.with(
                state ->
                        state.changes.stream()
                                .filter(change -> change.number() > after)
                                .limit(limit)
                                .toList());
    }

    private List<ResourceRow> rows(Predicate<ResourceRow> wanted) {
        return access.with(state -> state.rows.values().stream().filter(wanted).toList());
    }

    private static ResourceRow present(MemoryState state, ResourceId id) {
        ResourceRow row = state.rows.get(id.key());
        if (row == null) {
            throw Refusal.absent(id);
        }
        return row;
    }

    private static Resource write(MemoryState state, ResourceRow row) {
        state.rows.put(row.key(), row);
        state.change(row.resourceId(), false);
        return row.resource();
    }

    private static Comparator<ResourceRow> comparator(Order order) {
        Comparator<ResourceRow> byName = Comparator.comparing(ResourceRow::nameKey);
        return switch (order) {
            case NAME -> byName;
            case CREATED_ASCENDING ->
                    Comparator.comparing(ResourceRow::createdAt).thenComparing(byName);
            case CREATED_DESCENDING ->
                    Comparator.comparing(ResourceRow::createdAt).reversed().thenComparing(byName);
            case MODIFIED_ASCENDING ->
                    Comparator.comparing(ResourceRow::modifiedAt).thenComparing(byName);
            case MODIFIED_DESCENDING ->
                    Comparator.comparing(ResourceRow::modifiedAt).reversed().thenComparing(byName);
        };
    }
}
