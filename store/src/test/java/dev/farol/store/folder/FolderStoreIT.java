package dev.farol.store.folder;

import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.testing.Eventually;
import dev.farol.spec.ErrorCode;
import dev.farol.store.ObjectStore;
import dev.farol.store.ObjectStore.Block;
import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.store.ObjectStore.Put;
import dev.farol.store.ObjectStoreContract;
import dev.farol.store.StepClock;
import dev.farol.store.Stores;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Objects in a directory: the contract, and what the directory looks like. */
class FolderStoreIT extends ObjectStoreContract {
    @TempDir Path root;

    @Override
    protected ObjectStore open(StepClock clock) {
        return Stores.folder(root, clock);
    }

    @Test
    void keepsEachContentOnceByItsDigest() throws Exception {
        put("a", "same");
        put("b", "same");
        put("c", "other");

        String sha256 = digest("SHA-256", "same");
        assertThat(
                        root.resolve("sha256")
                                .resolve(sha256.substring(0, 2))
                                .resolve(sha256.substring(2)))
                .hasContent("same");
        assertThat(contents()).hasSize(2);
        assertThat(temporary()).isEmpty();
    }

    @Test
    void removesAContentWithItsLastName() throws Exception {
        put("a", "same");
        put("b", "same");

        store.delete(BOX, "a");
        assertThat(contents()).hasSize(1);
        put("b", "new");
        assertThat(contents()).hasSize(1);
        store.delete(BOX, "b");
        assertThat(contents()).isEmpty();
    }

    @Test
    void leavesNothingBehindWhenAPutIsRefused() throws Exception {
        put("a", "old");
        var onlyNew = new Put(true, -1, null, Map.of(), Map.of());
        store.putBlock(BOX, "a", "1", stream("new"));

        refused(ErrorCode.CONFLICT, () -> store.commitBlocks(BOX, "a", List.of("1"), onlyNew));

        assertThat(contents()).hasSize(1);
        store.delete(BOX, "a");
        assertThat(contents()).isEmpty();
        assertThat(temporary()).isEmpty();
    }

    @Test
    void materializedFilesShareTheirBytesAndAreReadOnly() throws Exception {
        ObjectInfo object = put("m/a", "weights");
        store.materialize(BOX, "m", folder.resolve("out"));

        Path file = folder.resolve("out/a");
        Path content = blob(object);
        assertThat(Files.getAttribute(file, "unix:ino"))
                .isEqualTo(Files.getAttribute(content, "unix:ino"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("r--r--r--");
        assertThat(temporary()).isEmpty();
    }

    @Test
    void everythingIsThereAfterReopening() throws Exception {
        ObjectInfo object = put("a", "kept");
        store.putBlock(BOX, "b", "1", stream("not joined"));
        reopen();

        assertThat(store.head(BOX, "a")).contains(object);
        assertThat(text("a")).isEqualTo("kept");
        assertThat(temporary()).isEmpty();
        assertThat(store.head(BOX, "b")).isEmpty();
        store.putBlock(BOX, "b", "2", stream(", now it is"));
        reopen();
        store.commitBlocks(BOX, "b", List.of("1", "2"), Put.PLAIN);
        assertThat(text("b")).isEqualTo("not joined, now it is");
        assertThat(blocks()).isEmpty();
    }

    @Test
    void findsABlockThatWasDamaged() throws Exception {
        store.putBlock(BOX, "b", "1", stream("good"));
        store.putBlock(BOX, "b", "2", stream("bad"));
        for (Path block : blocks()) {
            if (Files.size(block) == 3) {
                Files.writeString(block, "");
            }
        }
        reopen();

        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.commitBlocks(BOX, "b", List.of("2", "1"), Put.PLAIN));

        assertThat(store.head(BOX, "b")).isEmpty();
        assertThat(store.blocks(BOX, "b")).containsExactly(new Block("1", 4));
        store.putBlock(BOX, "b", "2", stream("better"));
        store.commitBlocks(BOX, "b", List.of("2", "1"), Put.PLAIN);
        assertThat(text("b")).isEqualTo("bettergood");
    }

    @Test
    void forgetsBlocksThatNobodyJoined() throws Exception {
        store.putBlock(BOX, "b", "1", stream("given up"));
        clock.forward(Duration.ofDays(6));
        store.putBlock(BOX, "b", "2", stream("still at it"));
        clock.forward(Duration.ofDays(6));
        store.putBlock(BOX, "c", "1", stream("another"));
        assertThat(store.blocks(BOX, "b")).hasSize(2);

        clock.forward(Duration.ofDays(2));
        store.putBlock(BOX, "c", "2", stream("another"));

        assertThat(store.blocks(BOX, "b")).isEmpty();
        assertThat(blocks()).hasSize(2);
        clock.forward(Duration.ofDays(3000));
        reopen();
        Eventually.eventually(
                "old blocks and their folders are gone", () -> isEmpty(root.resolve("blocks")));
    }

    @Test
    void usesUpBlocksAsItJoinsThem() throws Exception {
        for (int i = 0; i < 3; i++) {
            store.putBlock(BOX, "b", "" + i, stream("" + i));
        }
        store.commitBlocks(BOX, "b", List.of("2", "0", "0"), Put.PLAIN);

        assertThat(text("b")).isEqualTo("200");
        assertThat(root.resolve("blocks")).isEmptyDirectory();
    }

    @Test
    void removesWhatACrashLeft() throws Exception {
        ObjectInfo object = put("a", "kept");
        store.close();
        Files.writeString(root.resolve("tmp/half"), "half an upload");
        Files.createDirectories(root.resolve("tmp/out/code"));
        Files.writeString(root.resolve("tmp/out/code/x"), "half a folder");
        Path nameless = root.resolve("sha256/ff/" + "0".repeat(62));
        Files.createDirectories(nameless.getParent());
        Files.writeString(nameless, "no row");
        store = open(clock);

        assertThat(temporary()).isEmpty();
        Eventually.eventually("nameless contents are gone", () -> !Files.exists(nameless));
        assertThat(blob(object)).exists();
        assertThat(text("a")).isEqualTo("kept");
    }

    @Test
    void isOpenedByOneAtATime() throws Exception {
        refused(ErrorCode.UNAVAILABLE, () -> open(clock));
        reopen();
    }

    @Test
    void aLargeObjectNeedsLittleMemory() throws Exception {
        long size = 256L << 20;
        var zeros =
                new InputStream() {
                    private long left = size;

                    @Override
                    public int read() {
                        return left-- > 0 ? 0 : -1;
                    }

                    @Override
                    public int read(byte[] buffer, int offset, int length) {
                        if (left == 0) {
                            return -1;
                        }
                        int count = (int) Math.min(length, left);
                        left -= count;
                        return count;
                    }
                };
        long before = allocated();
        store.put(BOX, "large", zeros, new Put(false, size, null, Map.of(), Map.of()));
        assertThat(allocated() - before).isLessThan(16 << 20);
    }

    private static long allocated() {
        var threads =
                (com.sun.management.ThreadMXBean)
                        java.lang.management.ManagementFactory.getThreadMXBean();
        return threads.getCurrentThreadAllocatedBytes();
    }

    private void reopen() throws IOException {
        store.close();
        store = open(clock);
    }

    private Path blob(ObjectInfo object) {
        return root.resolve("sha256")
                .resolve(object.sha256().substring(0, 2))
                .resolve(object.sha256().substring(2));
    }

    private List<Path> contents() throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("sha256"))) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    private List<Path> blocks() throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("blocks"))) {
            return files.filter(file -> Files.isRegularFile(file) && !file.endsWith("object"))
                    .toList();
        }
    }

    private static boolean isEmpty(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.findAny().isEmpty();
        }
    }

    private List<Path> temporary() throws IOException {
        try (Stream<Path> files = Files.list(root.resolve("tmp"))) {
            return files.toList();
        }
    }
}
