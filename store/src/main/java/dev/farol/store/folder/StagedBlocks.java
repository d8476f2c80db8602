package dev.farol.store.folder;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Blocks that wait to be joined, as temporary files. They are forgotten with the process, and a
 * week after the last one of an object came.
 */
final class StagedBlocks {
    private static final Duration KEPT = Duration.ofDays(7);

    private final Map<ObjectKey, Group> groups = new HashMap<>();

    /** The blocks of one object by id. */
    record Group(Map<String, Path> blocks, Instant touched) {}

    /** Adds a block; one that had its id before is removed. */
    synchronized void add(ObjectKey key, String id, Path block, Instant now) throws IOException {
        forgetOld(now);
        Group group = groups.get(key);
        Map<String, Path> blocks = group == null ? new HashMap<>() : group.blocks();
        groups.put(key, new Group(blocks, now));
        Path former = blocks.put(id, block);
        if (former != null) {
            Files.deleteIfExists(former);
        }
    }

    /** Takes the blocks out; whoever has them joins and removes them, or gives them back. */
    synchronized Map<String, Path> take(ObjectKey key) {
        Group group = groups.remove(key);
        return group == null ? Map.of() : group.blocks();
    }

    /** Undoes {@link #take}; blocks that came meanwhile are newer and stay. */
    synchronized void giveBack(ObjectKey key, Map<String, Path> blocks, Instant now)
            throws IOException {
        if (blocks.isEmpty()) {
            return;
        }
        Map<String, Path> newer = take(key);
        Map<String, Path> all = new HashMap<>(blocks);
        List<Path> replaced = new ArrayList<>();
        newer.forEach(
                (id, block) -> {
                    Path former = all.put(id, block);
                    if (former != null) {
                        replaced.add(former);
                    }
                });
        groups.put(key, new Group(all, now));
        remove(replaced);
    }

    void discard(ObjectKey key) throws IOException {
        remove(take(key).values());
    }

    static void remove(Iterable<Path> blocks) throws IOException {
        for (Path block : blocks) {
            Files.deleteIfExists(block);
        }
    }

    private void forgetOld(Instant now) throws IOException {
        Iterator<Group> each = groups.values().iterator();
        while (each.hasNext()) {
            Group group = each.next();
            if (group.touched().plus(KEPT).isBefore(now)) {
                each.remove();
                remove(group.blocks().values());
            }
        }
    }
}
