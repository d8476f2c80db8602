package dev.farol.store.folder;

import dev.farol.kit.Trees;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.store.ObjectStore;
import dev.farol.store.folder.StagedBlocks.Staged;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The object store in a directory; or, with a {@link Vault}, the names, the blocks and some copies
 * of an object store whose contents are elsewhere.
 */
public final class FolderStore implements ObjectStore {
    private final Path root;
    private final InstantSource clock;
    private final FolderLock lock;
    private final BlobFiles blobs;
    private final ObjectIndex index;
    private final Contents contents;
    private final @Nullable Vault vault;
    private final StagedBlocks staged;
    private final Commits commits = new Commits();
    private final Sweep sweep;

    private FolderStore(
            Path root,
            InstantSource clock,
            FolderLock lock,
            @Nullable Vault vault,
            LocalCopies copies)
            throws IOException {
        this.vault = vault;
        this.root = root;
        this.clock = clock;
        this.lock = lock;
        this.blobs = new BlobFiles(root);
        this.staged = new StagedBlocks(root.resolve("blocks"));
        this.index = new ObjectIndex(root.resolve("index.db"));
        this.contents = new Contents(blobs, index, vault, copies);
        this.sweep = new Sweep(blobs, vault, contents::collect, () -> staged.forgetOld(now()));
    }

    /**
     * Opens the store in {@code folder}, made where it is missing.
     *
     * @throws FarolException {@code ServiceUnavailable} when it cannot be used
     */
    public static FolderStore open(Path folder, InstantSource clock) {
        return open(folder, clock, root -> null, 0);
    }

    /** Opens the vault of a folder; null when it has none. */
    public interface VaultOpening {
        @Nullable Vault open(Path root) throws IOException;
    }

    /**
     * The same, with the contents in a vault, which is closed with the store.
     *
     * @param copies how many bytes of contents to have in the folder too, about
     */
    public static FolderStore open(
            Path folder, InstantSource clock, VaultOpening opening, long copies) {
        Path root = folder.toAbsolutePath();
        FolderLock lock = null;
        @Nullable Vault vault = null;
        try {
            Files.createDirectories(root);
            lock = FolderLock.take(root);
            vault = opening.open(root);
            var store = new FolderStore(root, clock, lock, vault, new LocalCopies(copies));
            lock = null;
            vault = null;
            return store;
        } catch (IOException e) {
            throw new FarolException(
                    Problem.of(ErrorCode.UNAVAILABLE, "Cannot open '" + root + "': " + e), e);
        } finally {
            if (vault != null) {
                vault.close();
            }
            if (lock != null) {
                closeQuietly(lock);
            }
        }
    }

    private static void closeQuietly(FolderLock lock) {
        try {
            lock.close();
        } catch (IOException e) {
            throw new FarolException(
                    Problem.of(ErrorCode.UNAVAILABLE, "Cannot unlock the objects: " + e), e);
        }
    }

    @Override
    public ObjectInfo put(String container, String name, InputStream content, Put how)
            throws IOException {
        var key = new ObjectKey(container, name);
        ObjectIndex.check(key, index.find(key), how);
        ObjectInfo object = keep(key, content, how);
        staged.discard(key);
        return object;
    }

    @Override
    public void putBlock(
            String container,
            String name,
            String blockId,
            InputStream content,
            long length,
            byte @Nullable [] md5)
            throws IOException {
        var key = new ObjectKey(container, name);
        var expected = new Received.Expected(length, md5);
        staged.receive(key, blockId, content, expected, blobs.newTemporary(), now());
    }

    @Override
    public List<Block> blocks(String container, String name) {
        return staged.list(new ObjectKey(container, name));
    }

    @Override
    public ObjectInfo commitBlocks(String container, String name, List<String> blockIds, Put how)
            throws IOException {
        var key = new ObjectKey(container, name);
        return commits.once(key, blockIds, () -> join(key, blockIds, how));
    }

    private ObjectInfo join(ObjectKey key, List<String> blockIds, Put how) throws IOException {
        Map<String, Staged> blocks = staged.take(key);
        boolean done = false;
        try {
            List<Staged> order = order(blocks, blockIds);
            ObjectIndex.check(key, index.find(key), how);
            try (InputStream joined = new BlockStream(order)) {
                ObjectInfo object = keep(key, joined, how);
                done = true;
                return object;
            }
        } finally {
            if (done) {
                staged.remove(key, blocks.values());
            } else {
                staged.giveBack(key, blocks, now());
            }
        }
    }

    @Override
    public Optional<ObjectInfo> head(String container, String name) {
        return index.find(new ObjectKey(container, name));
    }

    @Override
    public InputStream read(ObjectInfo object, long offset, long length) throws IOException {
        return contents.read(object, offset, length);
    }

    @Override
    public ObjectInfo setMetadata(String container, String name, Map<String, String> metadata) {
        return index.setMetadata(new ObjectKey(container, name), metadata, now());
    }

    @Override
    public ObjectInfo setHeaders(String container, String name, Map<String, String> headers) {
        return index.setHeaders(new ObjectKey(container, name), headers, now());
    }

    @Override
    public ObjectInfo copy(ObjectInfo source, String container, String name, Put how)
            throws IOException {
        var key = new ObjectKey(container, name);
        ObjectInfo object = contents.nameAgain(key, source, how, now());
        staged.discard(key);
        return object;
    }

    @Override
    public List<String> containers() {
        return index.containers();
    }

    @Override
    public boolean delete(String container, String name) throws IOException {
        var key = new ObjectKey(container, name);
        staged.discard(key);
        return contents.forget(key);
    }

    @Override
    public List<ObjectInfo> list(
            String container, String prefix, @Nullable String after, int limit) {
        ObjectKey.requireText("container", container);
        ObjectKey.requireText("name", prefix);
        return index.list(container, prefix, after, limit);
    }

    @Override
    public int materialize(String container, String prefix, Path target) throws IOException {
        ObjectKey.requireText("container", container);
        ObjectKey.requireText("name", prefix);
        String folder = prefix.isEmpty() || prefix.endsWith("/") ? prefix : prefix + "/";
        List<ObjectInfo> objects = contents.pin(container, folder);
        try {
            if (!objects.isEmpty()) {
                return fill(target, objects, folder.length());
            }
            if (!prefix.isEmpty()) {
                objects = contents.pinOne(new ObjectKey(container, prefix));
            }
            return objects.isEmpty() ? 0 : fill(target, objects, prefix.lastIndexOf('/') + 1);
        } finally {
            contents.unpin(objects);
        }
    }

    @Override
    public void close() throws IOException {
        sweep.close();
        index.close();
        if (vault != null) {
            vault.close();
        }
        lock.close();
    }

    private ObjectInfo keep(ObjectKey key, InputStream content, Put how) throws IOException {
        Path temporary = blobs.newTemporary();
        Received received = Received.from(content, temporary, how);
        try {
            return contents.name(key, received, how, now());
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    private static List<Staged> order(Map<String, Staged> blocks, List<String> ids) {
        List<Staged> order = new ArrayList<>();
        for (String id : ids) {
            Staged block = blocks.get(id);
            if (block == null) {
                throw ObjectRefusal.wrongContent(
                        "blocklist", "The block '" + id + "' was not uploaded.");
            }
            order.add(block);
        }
        return order;
    }

    /** Fills a folder aside, then gives it its name. */
    private int fill(Path target, List<ObjectInfo> objects, int dropped) throws IOException {
        Path parent = Objects.requireNonNull(target.toAbsolutePath().getParent(), "not a root");
        if (Files.exists(target)) {
            throw new IllegalArgumentException("Exists already: " + target);
        }
        Path aside = aside(target, parent);
        try {
            var tree = new FileTree(aside, blobs);
            for (ObjectInfo object : objects) {
                contents.bring(object);
                tree.add(object.name().substring(dropped), object.sha256());
            }
            Files.move(aside, target, StandardCopyOption.ATOMIC_MOVE);
            return objects.size();
        } finally {
            Trees.delete(aside);
        }
    }

    /**
     * In the store where a rename can reach the target, since the store cleans up after a crash.
     */
    private Path aside(Path target, Path parent) throws IOException {
        return Files.getFileStore(parent).equals(Files.getFileStore(root))
                ? blobs.newTemporary()
                : parent.resolve("." + target.getFileName() + "." + UUID.randomUUID());
    }

    private Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }
}
