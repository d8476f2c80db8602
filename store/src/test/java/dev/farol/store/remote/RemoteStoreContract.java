package dev.farol.store.remote;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.ByteSize;
import dev.farol.kit.testing.Eventually;
import dev.farol.spec.ErrorCode;
import dev.farol.store.ObjectStore;
import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.store.ObjectStore.Put;
import dev.farol.store.ObjectStoreContract;
import dev.farol.store.ObjectsConfig;
import dev.farol.store.StepClock;
import dev.farol.store.Stores;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The contract on a store elsewhere, with no copies here: every read goes over the wire. */
abstract class RemoteStoreContract extends ObjectStoreContract {
    @TempDir Path root;
    private final String prefix = "farol/" + UUID.randomUUID();

    /** The settings of the store that the test has started. */
    abstract ObjectsConfig config(String prefix, ByteSize copies);

    @Override
    protected ObjectStore open(StepClock clock) {
        return open(root, clock, 0);
    }

    private ObjectStore open(Path folder, StepClock clock, long copies) {
        return Stores.objects(folder, config(prefix, new ByteSize(copies)), clock);
    }

    @Test
    void keepsNothingHereWhenThereIsNoPlaceForCopies() throws Exception {
        put("a", "elsewhere");

        assertThat(local()).isEmpty();
        assertThat(text("a")).isEqualTo("elsewhere");
    }

    @Test
    void readsFromCopiesWhereThereIsPlaceForThem() throws Exception {
        ObjectInfo first = put("a", "first");
        store.close();
        store = open(root, clock, 12);

        store.materialize(BOX, "a", folder.resolve("one"));
        assertThat(local()).containsExactly(first.sha256());
        ObjectInfo second = put("b", "a second");
        assertThat(local()).containsExactly(second.sha256());
        assertThat(text("a")).isEqualTo("first");
    }

    @Test
    void sendsAndReadsWhatIsLargerThanAPart() throws Exception {
        byte[] content = new byte[(20 << 20) + 7];
        new Random(7).nextBytes(content);
        ObjectInfo large =
                store.put(BOX, "large", new java.io.ByteArrayInputStream(content), Put.PLAIN);

        try (InputStream all = store.read(large, 0, Long.MAX_VALUE)) {
            assertThat(all.readAllBytes()).isEqualTo(content);
        }
        try (InputStream part = store.read(large, (8 << 20) - 3, 10)) {
            assertThat(part.readAllBytes())
                    .isEqualTo(java.util.Arrays.copyOfRange(content, (8 << 20) - 3, (8 << 20) + 7));
        }
        store.materialize(BOX, "large", folder.resolve("out"));
        assertThat(folder.resolve("out/large")).hasBinaryContent(content);
    }

    @Test
    void everythingIsThereAfterReopening() throws Exception {
        ObjectInfo object = put("a", "kept");
        store.putBlock(BOX, "b", "1", stream("not joined"));
        store.close();
        store = open(clock);

        assertThat(store.head(BOX, "a")).contains(object);
        assertThat(text("a")).isEqualTo("kept");
        store.commitBlocks(BOX, "b", List.of("1"), Put.PLAIN);
        assertThat(text("b")).isEqualTo("not joined");
    }

    @Test
    void belongsToOneFolder() throws Exception {
        put("a", "mine");
        Path other = Files.createDirectory(folder.resolve("other"));

        refused(ErrorCode.CONFLICT, () -> open(other, clock, 0));
        assertThat(text("a")).isEqualTo("mine");
    }

    @Test
    void removesContentsWithoutANameAtTheNextStart() throws Exception {
        ObjectInfo object = put("a", "named");
        String nameless = digest("SHA-256", "nameless");
        Path file = Files.writeString(folder.resolve("file"), "nameless");
        store.close();
        try (OpenDalVault vault = vault()) {
            vault.keep(nameless, file, 8);
            assertThat(vault.digests(nameless.substring(0, 2))).contains(nameless);
        }
        store = open(clock);
        store.close();
        store = open(clock);

        try (OpenDalVault vault = vault()) {
            Eventually.eventually(
                    "nameless contents are gone",
                    () -> !vault.digests(nameless.substring(0, 2)).contains(nameless));
            assertThat(vault.digests(object.sha256().substring(0, 2))).contains(object.sha256());
        }
    }

    @Test
    void writesATornContentAgain() throws Exception {
        String sha256 = digest("SHA-256", "whole");
        Path torn = Files.writeString(folder.resolve("torn"), "wh");
        try (OpenDalVault vault = vault()) {
            vault.keep(sha256, torn, 2);
        }

        put("a", "whole");

        assertThat(text("a")).isEqualTo("whole");
    }

    @Test
    void refusesADamagedContent() throws Exception {
        ObjectInfo object = put("m/a", "right");
        try (OpenDalVault vault = vault()) {
            vault.remove(object.sha256());
            vault.keep(object.sha256(), Files.writeString(folder.resolve("x"), "wrong"), 5);
        }

        org.assertj.core.api.Assertions.assertThatThrownBy(
                        () -> store.materialize(BOX, "m", folder.resolve("out")))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("damaged");
        assertThat(folder.resolve("out")).doesNotExist();
    }

    @Test
    void saysWhatIsWrongWithASetting() {
        refused(
                ErrorCode.UNAVAILABLE,
                () -> Stores.objects(folder.resolve("x"), elsewhere(), clock).close());
    }

    /** The same with a bucket that is not there. */
    abstract ObjectsConfig elsewhere();

    /** What the store under test is on, past its index. */
    private OpenDalVault vault() throws IOException {
        Path place =
                root.resolve(
                        config(prefix, new ByteSize(0)).objects() == ObjectsConfig.Kind.S3
                                ? "s3"
                                : "azure-blob");
        String id = Files.readString(place.resolve("id"), UTF_8).strip();
        return OpenDalVault.open("The store", service(), settings(prefix), id);
    }

    abstract String service();

    abstract Map<String, String> settings(String prefix);

    private List<String> local() throws IOException {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains("sha256"))
                    .map(file -> file.getParent().getFileName().toString() + file.getFileName())
                    .toList();
        }
    }
}
