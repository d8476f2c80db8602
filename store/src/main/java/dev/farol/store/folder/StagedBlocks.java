package dev.farol.store.folder;

import dev.farol.kit.Trees;
import dev.farol.store.ObjectStore.Block;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Blocks that wait to be joined: a folder per object, a file per block, named by its id and its
 * checksum. They outlive the process without being flushed one by one: a block that a power failure
 * damaged is found by its checksum when it is joined. A week after the last one of an object came
 * they are removed.
 */
final class StagedBlocks {
    private static final Logger log = LoggerFactory.getLogger(StagedBlocks.class);
    private static final Duration KEPT = Duration.ofDays(7);
    private static final int LONGEST_ID = 100;
    private static final int BUFFER = 128 * 1024;

    /** What the folder is for, in words; for the log. */
    private static final String LABEL = "object";

    private static final Pattern FILE =
            Pattern.compile("((?:[0-9a-f]{2})*)\\.([0-9a-f]{8})\\.[0-9a-f]{8}");

    private final Path root;
    private final Map<String, Group> groups = new HashMap<>();

    /** A block in its file. */
    record Staged(Path file, long size, int checksum) {}

    /** The blocks of one object by id. */
    private record Group(Map<String, Staged> blocks, Instant touched) {}

    StagedBlocks(Path root) throws IOException {
        this.root = Files.createDirectories(root);
        try (Stream<Path> folders = Files.list(root)) {
            for (Path folder : (Iterable<Path>) folders::iterator) {
                groups.put(folder.getFileName().toString(), load(folder));
            }
        }
    }

    /** Receives a block aside, then adds it; one that had its id before is removed. */
    void receive(
            ObjectKey key,
            String id,
            InputStream content,
            Received.Expected expected,
            Path temporary,
            Instant now)
            throws IOException {
        if (id.getBytes(StandardCharsets.UTF_8).length > LONGEST_ID) {
            throw ObjectRefusal.wrongContent(
                    "blockid", "The id of a block is longer than " + LONGEST_ID + " bytes.");
        }
        try {
            add(key, id, write(content, temporary, expected), now);
        } finally {
            Files.deleteIfExists(temporary);
        }
    }

    /** The blocks of an object, by id. */
    synchronized List<Block> list(ObjectKey key) {
        Group group = groups.get(folder(key));
        if (group == null) {
            return List.of();
        }
        return group.blocks().entrySet().stream()
                .map(each -> new Block(each.getKey(), each.getValue().size()))
                .sorted(java.util.Comparator.comparing(Block::id))
                .toList();
    }

    /** Takes the blocks out; whoever has them joins and removes them, or gives them back. */
    synchronized Map<String, Staged> take(ObjectKey key) {
        Group group = groups.remove(folder(key));
        return group == null ? Map.of() : group.blocks();
    }

    /**
     * Undoes {@link #take} for the blocks that were not used up; those that came meanwhile are
     * newer and stay.
     */
    synchronized void giveBack(ObjectKey key, Map<String, Staged> blocks, Instant now)
            throws IOException {
        Map<String, Staged> all = new HashMap<>();
        blocks.forEach(
                (id, block) -> {
                    if (Files.exists(block.file())) {
                        all.put(id, block);
                    }
                });
        List<Staged> replaced = new ArrayList<>();
        take(key)
                .forEach(
                        (id, block) -> {
                            Staged former = all.put(id, block);
                            if (former != null) {
                                replaced.add(former);
                            }
                        });
        if (!all.isEmpty()) {
            groups.put(folder(key), new Group(all, now));
        }
        remove(key, replaced);
    }

    synchronized void discard(ObjectKey key) throws IOException {
        remove(key, take(key).values());
    }

    /** Removes blocks that were taken, and the folder when nothing is left for it. */
    synchronized void remove(ObjectKey key, Collection<Staged> blocks) throws IOException {
        remove(folder(key), blocks);
    }

    /** Removes what was put a week ago and never joined. */
    synchronized void forgetOld(Instant now) throws IOException {
        Iterator<Map.Entry<String, Group>> each = groups.entrySet().iterator();
        while (each.hasNext()) {
            Map.Entry<String, Group> entry = each.next();
            Group group = entry.getValue();
            if (group.touched().plus(KEPT).isBefore(now)) {
                each.remove();
                String object = label(entry.getKey());
                remove(entry.getKey(), group.blocks().values());
                log.info(
                        "An upload to {} was never finished: its {} blocks, {} bytes, are removed"
                                + " after {} days",
                        object,
                        group.blocks().size(),
                        group.blocks().values().stream().mapToLong(Staged::size).sum(),
                        KEPT.toDays());
            }
        }
    }

    private synchronized void add(ObjectKey key, String id, Staged block, Instant now)
            throws IOException {
        forgetOld(now);
        String name = folder(key);
        Path folder = root.resolve(name);
        if (!Files.exists(folder.resolve(LABEL))) {
            Files.createDirectories(folder);
            Files.writeString(folder.resolve(LABEL), key.container() + "/" + key.name());
        }
        String file =
                HexFormat.of().formatHex(id.getBytes(StandardCharsets.UTF_8))
                        + "."
                        + HexFormat.of().toHexDigits(block.checksum())
                        + "."
                        + UUID.randomUUID().toString().substring(0, 8);
        Path target = folder.resolve(file);
        Files.move(block.file(), target, StandardCopyOption.ATOMIC_MOVE);
        Group group = groups.get(name);
        Map<String, Staged> blocks = group == null ? new HashMap<>() : group.blocks();
        groups.put(name, new Group(blocks, now));
        Staged former = blocks.put(id, new Staged(target, block.size(), block.checksum()));
        if (former != null) {
            Files.deleteIfExists(former.file());
        }
    }

    private void remove(String name, Collection<Staged> blocks) throws IOException {
        for (Staged block : blocks) {
            Files.deleteIfExists(block.file());
        }
        if (!groups.containsKey(name)) {
            Path folder = root.resolve(name);
            try (Stream<Path> left = Files.exists(folder) ? Files.list(folder) : Stream.empty()) {
                if (left.allMatch(file -> file.endsWith(LABEL))) {
                    Trees.delete(folder);
                }
            }
        }
    }

    private String label(String name) throws IOException {
        Path label = root.resolve(name).resolve(LABEL);
        return Files.exists(label) ? "'" + Files.readString(label) + "'" : "an object";
    }

    private static Staged write(InputStream content, Path target, Received.Expected expected)
            throws IOException {
        var checksum = new CRC32C();
        @Nullable MessageDigest md5 = expected.digest();
        long size = 0;
        try (var file = Files.newOutputStream(target)) {
            byte[] buffer = new byte[BUFFER];
            int count;
            while ((count = content.read(buffer)) >= 0 && !expected.exceededBy(size + count)) {
                size += count;
                checksum.update(buffer, 0, count);
                if (md5 != null) {
                    md5.update(buffer, 0, count);
                }
                file.write(buffer, 0, count);
            }
            expected.check(count < 0 ? size : size + count, md5);
        }
        return new Staged(target, size, (int) checksum.getValue());
    }

    /** What an earlier process left; of two files for one id the newer counts. */
    private static Group load(Path folder) throws IOException {
        Map<String, Staged> blocks = new HashMap<>();
        Instant touched = Files.getLastModifiedTime(folder).toInstant();
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.toList();
        }
        for (Path file : files) {
            Matcher matcher = FILE.matcher(file.getFileName().toString());
            if (matcher.matches()) {
                String id =
                        new String(
                                HexFormat.of().parseHex(matcher.group(1)), StandardCharsets.UTF_8);
                var block =
                        new Staged(
                                file, Files.size(file), HexFormat.fromHexDigits(matcher.group(2)));
                Staged other = blocks.put(id, block);
                if (other != null) {
                    boolean newer =
                            Files.getLastModifiedTime(other.file())
                                            .compareTo(Files.getLastModifiedTime(file))
                                    > 0;
                    blocks.put(id, newer ? other : block);
                    Files.delete(newer ? file : other.file());
                }
            }
        }
        return new Group(blocks, touched);
    }

    private static String folder(ObjectKey key) {
        MessageDigest digest = Received.digest("SHA-256");
        digest.update(key.container().getBytes(StandardCharsets.UTF_8));
        digest.update((byte) 0);
        return HexFormat.of().formatHex(digest.digest(key.name().getBytes(StandardCharsets.UTF_8)));
    }
}
