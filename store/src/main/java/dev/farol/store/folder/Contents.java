package dev.farol.store.folder;

import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.store.ObjectStore.Put;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps files and index together. One lock covers "file in place, row written" and "row gone, file
 * removed", so that a content is never removed while a row for it is being written.
 */
final class Contents {
    private final BlobFiles blobs;
    private final ObjectIndex index;
    private final ReentrantLock lock = new ReentrantLock();

    /** How many readers by path use a content, which stays for them even without a name. */
    private final Map<String, Integer> pins = new HashMap<>();

    Contents(BlobFiles blobs, ObjectIndex index) {
        this.blobs = blobs;
        this.index = index;
    }

    ObjectInfo name(ObjectKey key, Received received, Put how, Instant now) throws IOException {
        lock.lock();
        try {
            blobs.place(received);
            var content = new ObjectIndex.Content(received.sha256(), received.size());
            try {
                ObjectIndex.Written written =
                        index.put(key, content, how.ifAbsent(), how.metadata(), how.headers(), now);
                if (written.formerSha256() != null) {
                    collect(written.formerSha256());
                }
                return written.object();
            } catch (RuntimeException e) {
                collect(received.sha256());
                throw e;
            }
        } finally {
            lock.unlock();
        }
    }

    boolean forget(ObjectKey key) throws IOException {
        lock.lock();
        try {
            var former = index.delete(key);
            if (former.isPresent()) {
                collect(former.get());
            }
            return former.isPresent();
        } finally {
            lock.unlock();
        }
    }

    /** Lists objects below a prefix and keeps their contents until {@link #unpin}. */
    List<ObjectInfo> pin(String container, String prefix) {
        lock.lock();
        try {
            List<ObjectInfo> all = new ArrayList<>();
            @Nullable String after = null;
            List<ObjectInfo> page;
            do {
                page = index.list(container, prefix, after, 1000);
                all.addAll(page);
                after = page.isEmpty() ? after : page.getLast().name();
            } while (!page.isEmpty());
            all.forEach(this::pin);
            return all;
        } finally {
            lock.unlock();
        }
    }

    /** The same for the object of this very name, where there is one. */
    List<ObjectInfo> pinOne(ObjectKey key) {
        lock.lock();
        try {
            List<ObjectInfo> one = index.find(key).stream().toList();
            one.forEach(this::pin);
            return one;
        } finally {
            lock.unlock();
        }
    }

    private void pin(ObjectInfo object) {
        pins.merge(object.sha256(), 1, Integer::sum);
    }

    void unpin(List<ObjectInfo> objects) throws IOException {
        lock.lock();
        try {
            for (ObjectInfo object : objects) {
                pins.computeIfPresent(
                        object.sha256(), (sha256, count) -> count == 1 ? null : count - 1);
                collect(object.sha256());
            }
        } finally {
            lock.unlock();
        }
    }

    /** Removes a content that nothing refers to. */
    void collect(String sha256) throws IOException {
        lock.lock();
        try {
            if (!pins.containsKey(sha256) && !index.refers(sha256)) {
                blobs.remove(sha256);
            }
        } finally {
            lock.unlock();
        }
    }
}
