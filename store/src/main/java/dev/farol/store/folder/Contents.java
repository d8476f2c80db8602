package dev.farol.store.folder;

import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.store.ObjectStore.Put;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Keeps bytes and index together. Whoever writes a row for a content, or reads it, pins it first; a
 * content is removed only when no row refers to it and nothing pins it, and who pins it meanwhile
 * waits until it is gone. So the slow parts, the vault's, need no lock.
 */
final class Contents {
    private final BlobFiles blobs;
    private final ObjectIndex index;
    private final @Nullable Vault vault;
    private final LocalCopies copies;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();

    /** How many use a content, which stays for them even without a name. */
    private final Map<String, Integer> pins = new HashMap<>();

    /** Contents that are being removed. */
    private final Set<String> leaving = new HashSet<>();

    /**
     * @param vault where contents are kept; null when that is the folder itself
     * @param copies of what the vault has
     */
    Contents(BlobFiles blobs, ObjectIndex index, @Nullable Vault vault, LocalCopies copies)
            throws IOException {
        this.blobs = blobs;
        this.index = index;
        this.vault = vault;
        this.copies = copies;
        if (vault != null) {
            for (Path shard : blobs.shards()) {
                for (String sha256 : blobs.digests(shard)) {
                    copies.used(sha256, Files.size(blobs.path(sha256)));
                }
            }
        }
    }

    /** Keeps received bytes, then gives them a name. */
    ObjectInfo name(ObjectKey key, Received received, Put how, Instant now) throws IOException {
        String sha256 = received.sha256();
        pin(sha256);
        try {
            if (vault != null) {
                vault.keep(sha256, received.file(), received.size());
            }
            blobs.place(received);
            touch(sha256, received.size());
            return write(key, new ObjectIndex.Content(sha256, received.size()), how, now);
        } finally {
            unpin(sha256);
        }
    }

    /** Gives a content that is there one more name. */
    ObjectInfo nameAgain(ObjectKey key, ObjectInfo source, Put how, Instant now)
            throws IOException {
        pin(source.sha256());
        try {
            if (!index.refers(source.sha256())) {
                throw ObjectRefusal.absent(new ObjectKey(source.container(), source.name()));
            }
            return write(key, new ObjectIndex.Content(source.sha256(), source.size()), how, now);
        } finally {
            unpin(source.sha256());
        }
    }

    private ObjectInfo write(ObjectKey key, ObjectIndex.Content content, Put how, Instant now)
            throws IOException {
        ObjectIndex.Written written = index.put(key, content, how, now);
        if (written.formerSha256() != null) {
            collect(written.formerSha256());
        }
        return written.object();
    }

    boolean forget(ObjectKey key) throws IOException {
        var former = index.delete(key);
        if (former.isPresent()) {
            collect(former.get());
        }
        return former.isPresent();
    }

    /** A range of a content, from the folder where it is there, else from the vault. */
    InputStream read(ObjectInfo object, long offset, long length) throws IOException {
        String sha256 = object.sha256();
        try {
            InputStream local = new RangeStream(blobs.path(sha256), offset, length);
            touch(sha256, object.size());
            return local;
        } catch (NoSuchFileException notHere) {
            if (vault == null) {
                throw ObjectRefusal.absent(new ObjectKey(object.container(), object.name()));
            }
        }
        boolean open = false;
        pin(sha256);
        try {
            if (!index.refers(sha256)) {
                throw ObjectRefusal.absent(new ObjectKey(object.container(), object.name()));
            }
            long from = Math.min(offset, object.size());
            InputStream remote = vault.read(sha256, from, Math.min(length, object.size() - from));
            open = true;
            return new Pinned(remote, sha256);
        } finally {
            if (!open) {
                unpin(sha256);
            }
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
            all.forEach(object -> pin(object.sha256()));
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
            one.forEach(object -> pin(object.sha256()));
            return one;
        } finally {
            lock.unlock();
        }
    }

    void unpin(List<ObjectInfo> objects) throws IOException {
        for (ObjectInfo object : objects) {
            unpin(object.sha256());
        }
    }

    /** Brings a pinned content into the folder; it stays there while it is pinned. */
    void bring(ObjectInfo object) throws IOException {
        String sha256 = object.sha256();
        if (vault == null || Files.exists(blobs.path(sha256))) {
            touch(sha256, object.size());
            return;
        }
        Path temporary = blobs.newTemporary();
        try (InputStream remote = vault.read(sha256, 0, object.size())) {
            var whole = new Put(false, object.size(), null, Map.of(), Map.of());
            Received received = Received.from(remote, temporary, whole);
            if (!received.sha256().equals(sha256)) {
                throw new IOException(
                        "The content "
                                + sha256
                                + " of '"
                                + object.name()
                                + "' is damaged in the object store");
            }
            blobs.place(received);
            touch(sha256, object.size());
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** Removes a content that nothing refers to. */
    void collect(String sha256) throws IOException {
        lock.lock();
        try {
            if (pins.containsKey(sha256) || leaving.contains(sha256) || index.refers(sha256)) {
                return;
            }
            leaving.add(sha256);
        } finally {
            lock.unlock();
        }
        try {
            blobs.remove(sha256);
            copies.gone(sha256);
            if (vault != null) {
                vault.remove(sha256);
            }
        } finally {
            lock.lock();
            try {
                leaving.remove(sha256);
                left.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    private void pin(String sha256) {
        lock.lock();
        try {
            while (leaving.contains(sha256)) {
                left.awaitUninterruptibly();
            }
            pins.merge(sha256, 1, Integer::sum);
        } finally {
            lock.unlock();
        }
    }

    private void unpin(String sha256) throws IOException {
        lock.lock();
        try {
            pins.computeIfPresent(sha256, (content, count) -> count == 1 ? null : count - 1);
        } finally {
            lock.unlock();
        }
        collect(sha256);
        evict();
    }

    private void touch(String sha256, long size) {
        if (vault != null) {
            copies.used(sha256, size);
        }
    }

    /** New copies push older ones out. */
    private void evict() throws IOException {
        if (vault == null) {
            return;
        }
        lock.lock();
        try {
            for (String surplus : copies.surplus(pins::containsKey)) {
                blobs.remove(surplus);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Keeps a content while it is read from the vault. */
    private final class Pinned extends FilterInputStream {
        private final String sha256;
        private final AtomicBoolean closed = new AtomicBoolean();

        Pinned(InputStream content, String sha256) {
            super(content);
            this.sha256 = sha256;
        }

        @Override
        public void close() throws IOException {
            if (closed.compareAndSet(false, true)) {
                try {
                    super.close();
                } finally {
                    unpin(sha256);
                }
            }
        }
    }
}
