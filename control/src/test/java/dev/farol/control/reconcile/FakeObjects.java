package dev.farol.control.reconcile;

import dev.farol.store.ObjectStore;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/** Objects in a map; only what the reconcilers use works. */
final class FakeObjects implements ObjectStore {
    final AtomicInteger materialized = new AtomicInteger();
    private final Map<String, String> objects = new ConcurrentSkipListMap<>();

    void add(String container, String name, String content) {
        objects.put(container + "/" + name, content);
    }

    @Override
    public Optional<ObjectInfo> head(String container, String name) {
        return Optional.ofNullable(objects.get(container + "/" + name))
                .map(content -> info(container, name, content));
    }

    @Override
    public List<ObjectInfo> list(
            String container, String prefix, @Nullable String after, int limit) {
        return objects.entrySet().stream()
                .filter(entry -> entry.getKey().startsWith(container + "/" + prefix))
                .limit(limit)
                .map(
                        entry ->
                                info(
                                        container,
                                        entry.getKey().substring(container.length() + 1),
                                        entry.getValue()))
                .toList();
    }

    @Override
    public int materialize(String container, String prefix, Path target) throws IOException {
        String folder = prefix.isEmpty() ? "" : prefix + "/";
        List<ObjectInfo> found = list(container, folder, null, Integer.MAX_VALUE);
        int cut = folder.length();
        if (found.isEmpty()) {
            found = head(container, prefix).map(List::of).orElse(List.of());
            cut = prefix.lastIndexOf('/') + 1;
        }
        if (found.isEmpty()) {
            return 0;
        }
        Files.createDirectory(target);
        for (ObjectInfo each : found) {
            Path file = target.resolve(each.name().substring(cut));
            Files.createDirectories(file.getParent());
            Files.writeString(file, objects.get(container + "/" + each.name()));
        }
        materialized.incrementAndGet();
        return found.size();
    }

    private static ObjectInfo info(String container, String name, String content) {
        return new ObjectInfo(
                container, name, content.length(), "e", "s", Map.of(), Map.of(), Instant.EPOCH);
    }

    @Override
    public ObjectInfo put(String container, String name, InputStream content, Put how)
            throws IOException {
        add(container, name, new String(content.readAllBytes(), StandardCharsets.UTF_8));
        return head(container, name).orElseThrow();
    }

    @Override
    public InputStream read(ObjectInfo object, long offset, long length) {
        return new ByteArrayInputStream(new byte[0]);
    }

    @Override
    public void putBlock(
            String container,
            String name,
            String blockId,
            InputStream content,
            long length,
            byte @Nullable [] md5) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<Block> blocks(String container, String name) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ObjectInfo setHeaders(String container, String name, Map<String, String> headers) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ObjectInfo copy(ObjectInfo source, String container, String name, Put how) {
        throw new UnsupportedOperationException();
    }

    @Override
    public List<String> containers() {
        throw new UnsupportedOperationException();
    }

    @Override
    public ObjectInfo commitBlocks(String container, String name, List<String> blockIds, Put how) {
        throw new UnsupportedOperationException();
    }

    @Override
    public ObjectInfo setMetadata(String container, String name, Map<String, String> metadata) {
        throw new UnsupportedOperationException();
    }

    @Override
    public boolean delete(String container, String name) {
        return objects.remove(container + "/" + name) != null;
    }
}
