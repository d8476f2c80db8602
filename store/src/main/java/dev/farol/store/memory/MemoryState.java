package dev.farol.store.memory;

import dev.farol.spec.ResourceId;
import dev.farol.store.Operation;
import dev.farol.store.ResourceStore.Change;
import dev.farol.store.rule.ResourceRow;
import dev.farol.store.rule.Retention;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** All that a memory store holds; not thread-safe. A copy is what a transaction works on. */
final class MemoryState {
    final TreeMap<String, ResourceRow> rows;

    /** By key of the resource, then by name. */
    final Map<String, Map<String, byte[]>> secrets;

    final List<Change> changes;
    final Map<String, Operation> operations;
    long lastChange;

    MemoryState() {
        rows = new TreeMap<>();
        secrets = new HashMap<>();
        changes = new ArrayList<>();
        operations = new LinkedHashMap<>();
    }

    MemoryState(MemoryState other) {
        rows = new TreeMap<>(other.rows);
        secrets = new HashMap<>();
        other.secrets.forEach((key, named) -> secrets.put(key, new HashMap<>(named)));
        changes = new ArrayList<>(other.changes);
        operations = new LinkedHashMap<>(other.operations);
        lastChange = other.lastChange;
    }

    long change(ResourceId id, boolean deleted) {
        lastChange++;
        changes.add(new Change(lastChange, id, deleted));
        if (Retention.due(lastChange)) {
            changes.removeIf(change -> change.number() <= lastChange - Retention.CHANGES);
        }
        return lastChange;
    }
}
