package dev.farol.store.folder;

import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Which contents of a vault lie in the folder too, the least recently used first. */
final class LocalCopies {
    private final long limit;
    private final Map<String, Long> sizes = new LinkedHashMap<>(16, 0.75f, true);
    private long total;

    LocalCopies(long limit) {
        this.limit = limit;
    }

    synchronized void used(String sha256, long size) {
        Long former = sizes.put(sha256, size);
        total += size - (former == null ? 0 : former);
    }

    synchronized void gone(String sha256) {
        Long former = sizes.remove(sha256);
        total -= former == null ? 0 : former;
    }

    /** Takes out what must go for the rest to be within the limit. */
    synchronized List<String> surplus(Predicate<String> needed) {
        List<String> surplus = new ArrayList<>();
        Iterator<Map.Entry<String, Long>> each = sizes.entrySet().iterator();
        while (total > limit && each.hasNext()) {
            Map.Entry<String, Long> oldest = each.next();
            if (!needed.test(oldest.getKey())) {
                surplus.add(oldest.getKey());
                total -= oldest.getValue();
                each.remove();
            }
        }
        return surplus;
    }
}
