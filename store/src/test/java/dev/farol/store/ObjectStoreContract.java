package dev.farol.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.ObjectStore.Block;
import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.store.ObjectStore.Put;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What every object store does. */
public abstract class ObjectStoreContract {
    protected static final String BOX = "box";
    protected final StepClock clock = new StepClock();
    protected ObjectStore store;
    @TempDir protected Path folder;

    protected abstract ObjectStore open(StepClock clock) throws IOException;

    @BeforeEach
    void openStore() throws IOException {
        store = open(clock);
    }

    @AfterEach
    void closeStore() throws IOException {
        store.close();
    }

    @Test
    void givesBackWhatWasPut() throws Exception {
        var how = new Put(false, 5, null, Map.of("k", "v"), Map.of("Content-Type", "text/plain"));
        ObjectInfo put = store.put(BOX, "a/b.txt", stream("hello"), how);

        assertThat(put.size()).isEqualTo(5);
        assertThat(put.sha256()).isEqualTo(digest("SHA-256", "hello"));
        assertThat(put.metadata()).containsExactly(Map.entry("k", "v"));
        assertThat(put.headers()).containsExactly(Map.entry("Content-Type", "text/plain"));
        assertThat(put.modifiedAt()).isEqualTo(clock.instant().truncatedTo(ChronoUnit.MICROS));
        assertThat(store.head(BOX, "a/b.txt")).contains(put);
        assertThat(text(put)).isEqualTo("hello");
    }

    @Test
    void knowsNothingOfOtherNamesAndContainers() throws Exception {
        put("a", "1");

        assertThat(store.head(BOX, "A")).isEmpty();
        assertThat(store.head(BOX, "a/")).isEmpty();
        assertThat(store.head("other", "a")).isEmpty();
    }

    @Test
    void tellsNamesApartByCase() throws Exception {
        put("Readme", "upper");
        put("README", "loud");
        put("readme", "lower");

        assertThat(text("Readme")).isEqualTo("upper");
        assertThat(text("README")).isEqualTo("loud");
        assertThat(text("readme")).isEqualTo("lower");
    }

    @Test
    void keepsNamesThatNoFileSystemWould() throws Exception {
        List<String> names =
                List.of(
                        "x".repeat(3000),
                        "é",
                        "e\u0301",
                        "日本/モデル",
                        "🙂",
                        "..",
                        "../../etc/passwd",
                        "/absolute",
                        "con",
                        "a//b",
                        "a\\b",
                        "new\nline",
                        "%2e%2e",
                        " ",
                        "trailing/");
        for (String name : names) {
            put(name, "content of " + name);
        }
        for (String name : names) {
            assertThat(text(name)).isEqualTo("content of " + name);
        }
        assertThat(names(store.list(BOX, "", null, 100)))
                .containsExactlyInAnyOrderElementsOf(names);
    }

    @Test
    void refusesNamesThatAreNoText() {
        refused(ErrorCode.INVALID_ARGUMENT, () -> put("a\0b", "x"));
        refused(ErrorCode.INVALID_ARGUMENT, () -> put("half \ud83d", "x"));
        refused(ErrorCode.INVALID_ARGUMENT, () -> put("", "x"));
        refused(ErrorCode.INVALID_ARGUMENT, () -> store.put("", "a", stream("x"), Put.PLAIN));
    }

    @Test
    void replacesAnObject() throws Exception {
        ObjectInfo first = put("a", "one");
        ObjectInfo second = put("a", "two");

        assertThat(second.etag()).isNotEqualTo(first.etag());
        assertThat(text("a")).isEqualTo("two");
        assertThat(store.list(BOX, "", null, 10)).hasSize(1);
        refused(ErrorCode.RESOURCE_NOT_FOUND, () -> store.read(first, 0, 10));
    }

    @Test
    void etagChangesWithEveryWriteAndOnlyThen() throws Exception {
        ObjectInfo first = put("a", "same");
        assertThat(store.head(BOX, "a").orElseThrow().etag()).isEqualTo(first.etag());
        put("b", "same");
        assertThat(store.head(BOX, "a").orElseThrow().etag()).isEqualTo(first.etag());

        ObjectInfo again = put("a", "same");
        ObjectInfo described = store.setMetadata(BOX, "a", Map.of("k", "v"));

        assertThat(List.of(first.etag(), again.etag(), described.etag())).doesNotHaveDuplicates();
        assertThat(text("a")).isEqualTo("same");
    }

    @Test
    void etagOfADeletedObjectDoesNotComeBack() throws Exception {
        ObjectInfo first = put("a", "x");
        store.delete(BOX, "a");
        clock.forward(Duration.ofMillis(1));

        assertThat(put("a", "x").etag()).isNotEqualTo(first.etag());
    }

    @Test
    void putsOnlyWhereNothingIsWhenAsked() throws Exception {
        var onlyNew = new Put(true, -1, null, Map.of(), Map.of());
        store.put(BOX, "a", stream("first"), onlyNew);

        refused(ErrorCode.CONFLICT, () -> store.put(BOX, "a", stream("second"), onlyNew));
        assertThat(text("a")).isEqualTo("first");
    }

    @Test
    void ofManyWhoPutANewNameOneWins() throws Exception {
        var onlyNew = new Put(true, -1, null, Map.of(), Map.of());
        List<Object> outcomes = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Object>> all =
                    IntStream.range(0, 8)
                            .mapToObj(
                                    i ->
                                            threads.submit(
                                                    () -> {
                                                        try {
                                                            return store.put(
                                                                    BOX,
                                                                    "a",
                                                                    stream("by " + i),
                                                                    onlyNew);
                                                        } catch (FarolException e) {
                                                            return (Object) e.code();
                                                        }
                                                    }))
                            .toList();
            for (Future<Object> each : all) {
                outcomes.add(each.get());
            }
        }
        assertThat(outcomes).filteredOn(ObjectInfo.class::isInstance).hasSize(1);
        assertThat(outcomes).filteredOn(ErrorCode.CONFLICT::equals).hasSize(7);
        assertThat(text("a")).startsWith("by ");
    }

    @Test
    void storesNothingWhenTheStreamIsNotAsAnnounced() throws Exception {
        byte[] wrong = HexFormat.of().parseHex(digest("MD5", "other"));
        refused(ErrorCode.INVALID_ARGUMENT, () -> store.put(BOX, "a", stream("abc"), length(4)));
        refused(ErrorCode.INVALID_ARGUMENT, () -> store.put(BOX, "a", stream("abc"), length(2)));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () ->
                        store.put(
                                BOX,
                                "a",
                                stream("abc"),
                                new Put(false, -1, wrong, Map.of(), Map.of())));
        assertThat(store.head(BOX, "a")).isEmpty();

        byte[] right = HexFormat.of().parseHex(digest("MD5", "abc"));
        store.put(BOX, "a", stream("abc"), new Put(false, 3, right, Map.of(), Map.of()));
        assertThat(text("a")).isEqualTo("abc");
    }

    @Test
    void aBrokenStreamLeavesTheOldObject() throws Exception {
        put("a", "old");
        var broken =
                new InputStream() {
                    private int left = 3;

                    @Override
                    public int read() throws IOException {
                        return read(new byte[1], 0, 1);
                    }

                    @Override
                    public int read(byte[] buffer, int offset, int length) throws IOException {
                        if (left-- == 0) {
                            throw new IOException("the client went away");
                        }
                        return length;
                    }
                };

        assertThatThrownBy(() -> store.put(BOX, "a", broken, Put.PLAIN))
                .isInstanceOf(IOException.class);
        assertThat(text("a")).isEqualTo("old");
    }

    @Test
    void readsRanges() throws Exception {
        ObjectInfo object = put("a", "0123456789");

        assertThat(text(store.read(object, 3, 4))).isEqualTo("3456");
        assertThat(text(store.read(object, 8, 100))).isEqualTo("89");
        assertThat(text(store.read(object, 10, 5))).isEmpty();
        assertThat(text(store.read(object, 50, 5))).isEmpty();
        assertThat(text(store.read(object, 0, Long.MAX_VALUE))).isEqualTo("0123456789");
        try (InputStream stream = store.read(object, 2, 6)) {
            assertThat(stream.skip(2)).isEqualTo(2);
            assertThat(stream.read()).isEqualTo('4');
            assertThat(stream.readAllBytes()).isEqualTo("567".getBytes(UTF_8));
            assertThat(stream.read()).isEqualTo(-1);
        }
    }

    @Test
    void anOpenStreamOutlivesTheObject() throws Exception {
        ObjectInfo object = put("a", "x".repeat(200_000));
        try (InputStream stream = store.read(object, 0, Long.MAX_VALUE)) {
            stream.readNBytes(10);
            store.delete(BOX, "a");
            assertThat(stream.readAllBytes()).hasSize(199_990);
        }
    }

    @Test
    void setMetadataReplacesAllAndKeepsTheRest() throws Exception {
        store.put(
                BOX,
                "a",
                stream("x"),
                new Put(false, -1, null, Map.of("a", "1", "b", "2"), Map.of("h", "1")));
        clock.forward(Duration.ofSeconds(1));

        ObjectInfo described = store.setMetadata(BOX, "a", Map.of("c", "ü"));

        assertThat(described.metadata()).containsExactly(Map.entry("c", "ü"));
        assertThat(described.headers()).containsExactly(Map.entry("h", "1"));
        assertThat(described.modifiedAt())
                .isEqualTo(clock.instant().truncatedTo(ChronoUnit.MICROS));
        assertThat(store.head(BOX, "a")).contains(described);
        refused(
                ErrorCode.RESOURCE_NOT_FOUND,
                () -> store.setMetadata(BOX, "missing", Map.of("c", "d")));
    }

    @Test
    void deletes() throws Exception {
        put("a", "shared");
        put("b", "shared");

        assertThat(store.delete(BOX, "a")).isTrue();
        assertThat(store.delete(BOX, "a")).isFalse();
        assertThat(store.head(BOX, "a")).isEmpty();
        assertThat(text("b")).isEqualTo("shared");
    }

    @Test
    void listsByPrefixInOrderAndInPages() throws Exception {
        List<String> names =
                List.of("a", "a/", "a/1", "a/2", "a/2/x", "a/🙂", "a/\uffff", "a0", "b/1");
        for (String name : names.reversed()) {
            put(name, name);
        }
        store.put("elsewhere", "a/3", stream("x"), Put.PLAIN);

        assertThat(names(store.list(BOX, "", null, 100)))
                .containsExactly("a", "a/", "a/1", "a/2", "a/2/x", "a/\uffff", "a/🙂", "a0", "b/1");
        assertThat(names(store.list(BOX, "a/", null, 100)))
                .containsExactly("a/", "a/1", "a/2", "a/2/x", "a/\uffff", "a/🙂");
        assertThat(names(store.list(BOX, "a/", null, 2))).containsExactly("a/", "a/1");
        assertThat(names(store.list(BOX, "a/", "a/1", 2))).containsExactly("a/2", "a/2/x");
        assertThat(names(store.list(BOX, "a/", "a/🙂", 2))).isEmpty();
        assertThat(names(store.list(BOX, "a/", "A", 1))).containsExactly("a/");
        assertThat(store.list(BOX, "c", null, 100)).isEmpty();
        assertThat(store.list("none", "", null, 100)).isEmpty();
    }

    @Test
    void joinsBlocksInTheOrderAsked() throws Exception {
        List<String> ids = IntStream.range(0, 20).mapToObj(ObjectStoreContract::blockId).toList();
        List<String> arrival = new ArrayList<>(ids);
        Collections.shuffle(arrival);
        for (String id : arrival) {
            store.putBlock(BOX, "big", id, stream("[" + ids.indexOf(id) + "]"));
        }
        assertThat(store.head(BOX, "big")).isEmpty();

        var how = new Put(true, -1, null, Map.of("k", "v"), Map.of());
        ObjectInfo joined = store.commitBlocks(BOX, "big", ids.reversed(), how);

        String expected =
                String.join(
                        "",
                        IntStream.range(0, 20)
                                .map(i -> 19 - i)
                                .mapToObj(i -> "[" + i + "]")
                                .toList());
        assertThat(text("big")).isEqualTo(expected);
        assertThat(joined.sha256()).isEqualTo(digest("SHA-256", expected));
        assertThat(joined.metadata()).containsEntry("k", "v");
    }

    @Test
    void aBlockMayBePutAgainAndUsedTwice() throws Exception {
        store.putBlock(BOX, "a", "x", stream("old"));
        store.putBlock(BOX, "a", "x", stream("new"));

        store.commitBlocks(BOX, "a", List.of("x", "x"), Put.PLAIN);

        assertThat(text("a")).isEqualTo("newnew");
    }

    @Test
    void aMissingBlockJoinsNothingAndKeepsTheOthers() throws Exception {
        store.putBlock(BOX, "a", "1", stream("one"));

        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.commitBlocks(BOX, "a", List.of("1", "2"), Put.PLAIN));
        assertThat(store.head(BOX, "a")).isEmpty();

        store.putBlock(BOX, "a", "2", stream("two"));
        store.commitBlocks(BOX, "a", List.of("1", "2"), Put.PLAIN);
        assertThat(text("a")).isEqualTo("onetwo");
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.commitBlocks(BOX, "a", List.of("1"), Put.PLAIN));
    }

    @Test
    void blocksBelongToTheirObject() throws Exception {
        store.putBlock(BOX, "a", "1", stream("one"));

        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.commitBlocks(BOX, "b", List.of("1"), Put.PLAIN));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.commitBlocks("other", "a", List.of("1"), Put.PLAIN));
    }

    @Test
    void anEmptyListOfBlocksIsAnEmptyObject() throws Exception {
        assertThat(store.commitBlocks(BOX, "a", List.of(), Put.PLAIN).size()).isZero();
        assertThat(text("a")).isEmpty();
    }

    @Test
    void tellsWhichBlocksWait() throws Exception {
        assertThat(store.blocks(BOX, "a")).isEmpty();
        store.putBlock(BOX, "a", "2", stream("two"));
        store.putBlock(BOX, "a", "1", stream("1"));
        store.putBlock(BOX, "b", "3", stream("three"));

        assertThat(store.blocks(BOX, "a")).containsExactly(new Block("1", 1), new Block("2", 3));

        store.commitBlocks(BOX, "a", List.of("1"), Put.PLAIN);
        assertThat(store.blocks(BOX, "a")).isEmpty();
        assertThat(store.blocks(BOX, "b")).hasSize(1);
    }

    @Test
    void keepsNoBlockThatIsNotAsAnnounced() throws Exception {
        byte[] wrong = HexFormat.of().parseHex(digest("MD5", "other"));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.putBlock(BOX, "a", "1", stream("abc"), 3, wrong));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.putBlock(BOX, "a", "1", stream("abc"), 4, null));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.putBlock(BOX, "a", "1", stream("abc"), 2, null));
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.putBlock(BOX, "a", "i".repeat(200), stream("abc")));
        assertThat(store.blocks(BOX, "a")).isEmpty();

        byte[] right = HexFormat.of().parseHex(digest("MD5", "abc"));
        store.putBlock(BOX, "a", "1", stream("abc"), 3, right);
        assertThat(store.blocks(BOX, "a")).containsExactly(new Block("1", 3));
    }

    @Test
    void whoAsksForTheSameJoinMeanwhileGetsItsOutcome() throws Exception {
        List<String> ids = IntStream.range(0, 50).mapToObj(ObjectStoreContract::blockId).toList();
        for (String id : ids) {
            store.putBlock(BOX, "a", id, stream("x".repeat(100_000)));
        }
        var both = new java.util.concurrent.CyclicBarrier(2);
        List<Object> outcomes = new ArrayList<>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Object>> all =
                    IntStream.range(0, 2)
                            .mapToObj(
                                    i ->
                                            threads.submit(
                                                    () -> {
                                                        both.await();
                                                        try {
                                                            return (Object)
                                                                    store.commitBlocks(
                                                                            BOX, "a", ids,
                                                                            Put.PLAIN);
                                                        } catch (FarolException late) {
                                                            return late.code();
                                                        }
                                                    }))
                            .toList();
            for (Future<Object> each : all) {
                outcomes.add(each.get());
            }
        }
        // The second may also come when all is over; then its blocks are gone.
        assertThat(outcomes).contains(store.head(BOX, "a").orElseThrow());
        assertThat(outcomes)
                .allMatch(
                        each ->
                                each.equals(outcomes.getFirst())
                                        || each.equals(outcomes.getLast())
                                        || each == ErrorCode.INVALID_ARGUMENT);
        assertThat(store.head(BOX, "a").orElseThrow().size()).isEqualTo(5_000_000);
    }

    @Test
    void writesOnlyOverTheETagThatIsExpected() throws Exception {
        ObjectInfo first = put("a", "one");
        var overFirst = new Put(false, -1, null, Map.of(), Map.of(), first.etag());
        ObjectInfo second = store.put(BOX, "a", stream("two"), overFirst);

        refused(
                ErrorCode.PRECONDITION_FAILED,
                () -> store.put(BOX, "a", stream("three"), overFirst));
        refused(
                ErrorCode.PRECONDITION_FAILED,
                () -> store.put(BOX, "none", stream("three"), overFirst));
        store.putBlock(BOX, "a", "1", stream("block"));
        refused(
                ErrorCode.PRECONDITION_FAILED,
                () -> store.commitBlocks(BOX, "a", List.of("1"), overFirst));
        assertThat(store.blocks(BOX, "a")).hasSize(1);
        assertThat(store.head(BOX, "a")).contains(second);
    }

    @Test
    void setHeadersReplacesAllAndKeepsTheRest() throws Exception {
        ObjectInfo first =
                store.put(
                        BOX,
                        "a",
                        stream("x"),
                        new Put(false, -1, null, Map.of("m", "1"), Map.of("h", "1")));

        ObjectInfo changed = store.setHeaders(BOX, "a", Map.of("i", "2"));

        assertThat(changed.headers()).containsExactly(Map.entry("i", "2"));
        assertThat(changed.metadata()).isEqualTo(first.metadata());
        assertThat(changed.etag()).isNotEqualTo(first.etag());
        assertThat(store.head(BOX, "a")).contains(changed);
        refused(ErrorCode.RESOURCE_NOT_FOUND, () -> store.setHeaders(BOX, "none", Map.of()));
    }

    @Test
    void copiesOutliveTheirSource() throws Exception {
        ObjectInfo source = put("a", "shared");
        var how = new Put(true, -1, null, Map.of("k", "v"), Map.of("h", "1"));

        ObjectInfo copy = store.copy(source, "other", "b", how);

        assertThat(copy.sha256()).isEqualTo(source.sha256());
        assertThat(copy.metadata()).containsEntry("k", "v");
        assertThat(copy.headers()).containsEntry("h", "1");
        refused(ErrorCode.CONFLICT, () -> store.copy(source, "other", "b", how));
        store.delete(BOX, "a");
        assertThat(text(store.read(copy, 0, 100))).isEqualTo("shared");
        store.delete("other", "b");
        refused(ErrorCode.RESOURCE_NOT_FOUND, () -> store.copy(source, BOX, "c", Put.PLAIN));
        assertThat(store.head(BOX, "c")).isEmpty();
    }

    @Test
    void tellsWhichContainersHoldSomething() throws Exception {
        assertThat(store.containers()).isEmpty();
        put("a", "x");
        store.put("other", "a", stream("x"), Put.PLAIN);
        store.put("other", "b", stream("x"), Put.PLAIN);
        store.putBlock("blocks", "b", "1", stream("x"));

        assertThat(store.containers()).containsExactly(BOX, "other");
    }

    @Test
    void materializesAFolder() throws Exception {
        put("m/1/model.txt", "weights");
        put("m/1/code/score.py", "print()");
        put("m/1/copy.txt", "weights");
        put("m/10/other", "no");
        put("m/1", "a file of the folder's name");
        Path target = folder.resolve("out");

        assertThat(store.materialize(BOX, "m/1", target)).isEqualTo(3);

        assertThat(target.resolve("model.txt")).hasContent("weights");
        assertThat(target.resolve("copy.txt")).hasContent("weights");
        assertThat(target.resolve("code/score.py")).hasContent("print()");
        assertThat(target.toFile().list()).hasSize(3);
        assertThat(store.materialize(BOX, "m/1/", folder.resolve("again"))).isEqualTo(3);
    }

    @Test
    void materializesOneObject() throws Exception {
        put("m/1/model.bin", "weights");
        put("m/1/model.bin.sha", "other");

        assertThat(store.materialize(BOX, "m/1/model.bin", folder.resolve("out"))).isEqualTo(1);
        assertThat(folder.resolve("out/model.bin")).hasContent("weights");
    }

    @Test
    void materializesNothingFromNothing() throws Exception {
        assertThat(store.materialize(BOX, "none", folder.resolve("out"))).isZero();
        assertThat(store.materialize(BOX, "", folder.resolve("out"))).isZero();
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void whatWasMaterializedOutlivesTheObject() throws Exception {
        put("m/a", "weights");
        store.materialize(BOX, "m", folder.resolve("out"));
        store.delete(BOX, "m/a");
        put("m/a", "others");

        assertThat(folder.resolve("out/a")).hasContent("weights");
    }

    @Test
    void neverMaterializesOutsideTheTarget() throws Exception {
        List<String> evil =
                List.of("../out", "a/../../out", "/etc/out", "a//b", ".", "a/./b", "..", "../");
        for (String name : evil) {
            put("evil/fine", "x");
            put("evil/" + name, "x");
            Path target = folder.resolve("target");

            refused(ErrorCode.INVALID_ARGUMENT, () -> store.materialize(BOX, "evil/", target));

            assertThat(target).doesNotExist();
            assertThat(folder.resolve("out")).doesNotExist();
            store.delete(BOX, "evil/" + name);
        }
        put("evil/" + "x".repeat(300), "x");
        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.materialize(BOX, "evil/", folder.resolve("target")));
    }

    @Test
    void refusesAFileWhereAFolderMustBe() throws Exception {
        put("m/a", "file");
        put("m/a/b", "below it");

        refused(
                ErrorCode.INVALID_ARGUMENT,
                () -> store.materialize(BOX, "m", folder.resolve("out")));
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void manyMayWriteAndDeleteTheSameContentAtOnce() throws Exception {
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            List<Future<Object>> all =
                    IntStream.range(0, 8)
                            .mapToObj(
                                    i ->
                                            threads.submit(
                                                    () -> {
                                                        for (int n = 0; n < 15; n++) {
                                                            put("n" + i, "content " + n % 2);
                                                            assertThat(text("n" + i))
                                                                    .isEqualTo("content " + n % 2);
                                                            store.delete(BOX, "n" + i);
                                                        }
                                                        return (Object) put("n" + i, "last");
                                                    }))
                            .toList();
            for (Future<Object> each : all) {
                each.get();
            }
        }
        for (int i = 0; i < 8; i++) {
            assertThat(text("n" + i)).isEqualTo("last");
        }
    }

    protected ObjectInfo put(String name, String content) throws IOException {
        return store.put(BOX, name, stream(content), Put.PLAIN);
    }

    protected String text(String name) throws IOException {
        return text(store.head(BOX, name).orElseThrow());
    }

    protected static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(UTF_8));
    }

    protected static String digest(String algorithm, String text) throws Exception {
        return HexFormat.of()
                .formatHex(MessageDigest.getInstance(algorithm).digest(text.getBytes(UTF_8)));
    }

    protected static void refused(ErrorCode code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        FarolException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    private String text(ObjectInfo object) throws IOException {
        return text(store.read(object, 0, object.size()));
    }

    private static String text(InputStream stream) throws IOException {
        try (stream) {
            return new String(stream.readAllBytes(), UTF_8);
        }
    }

    private static Put length(long length) {
        return new Put(false, length, null, Map.of(), Map.of());
    }

    private static List<String> names(List<ObjectInfo> objects) {
        return objects.stream().map(ObjectInfo::name).toList();
    }

    private static String blockId(int number) {
        return Base64.getEncoder().encodeToString("%08d".formatted(number).getBytes(UTF_8));
    }
}
