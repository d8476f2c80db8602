package dev.farol.store;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import dev.farol.kit.Json;
import dev.farol.kit.testing.Eventually;
import dev.farol.store.ObjectStore.ObjectInfo;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ThreadLocalRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a writing process again and again, and then looks for all that it said was done. */
class CrashIT {
    private static final int KILLS = 10;
    private static final long NUMBERS_A_RUN = 1_000_000;

    @TempDir Path folder;
    @TempDir Path temporary;

    /** What the killed processes said, by word. */
    private final Map<String, Set<Long>> said = new HashMap<>();

    @Test
    void whatWasDoneIsThereAfterAKill() throws Exception {
        for (int run = 0; run < KILLS; run++) {
            runUntilKilled(run * NUMBERS_A_RUN, ThreadLocalRandom.current().nextInt(1, 80));
            checkResources();
            checkObjects();
        }
        assertThat(temporary).isEmptyDirectory();
        assertThat(said("object")).hasSizeGreaterThan(KILLS);
        assertThat(said("finished")).hasSizeGreaterThan(KILLS);
    }

    private void runUntilKilled(long first, int words) throws Exception {
        Process process =
                new ProcessBuilder(
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-XX:+UseSerialGC",
                                "-XX:TieredStopAtLevel=1",
                                "--enable-native-access=ALL-UNNAMED",
                                "-Djava.io.tmpdir=" + temporary,
                                "-cp",
                                System.getProperty("java.class.path"),
                                CrashWriter.class.getName(),
                                folder.toString(),
                                String.valueOf(first))
                        .redirectError(folder.resolve("errors").toFile())
                        .start();
        try (var output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), UTF_8))) {
            int heard = 0;
            String line;
            while ((line = output.readLine()) != null) {
                String[] word = line.split(" ", -1);
                said.computeIfAbsent(word[0], key -> new HashSet<>()).add(Long.valueOf(word[1]));
                if (++heard == words) {
                    process.toHandle().destroyForcibly(); // what it said can still be read
                }
            }
            assertThat(heard)
                    .as(Files.readString(folder.resolve("errors")))
                    .isGreaterThanOrEqualTo(words);
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private void checkResources() {
        try (Store store = Stores.sqlite(folder.resolve("data/farol.db"))) {
            for (long number : said("resource")) {
                Resource resource = store.resources().find(CrashWriter.id(number)).orElseThrow();
                assertThat(resource.spec()).isEqualTo(Json.object().put("n", (int) number));
                assertThat(store.resources().secret(resource.id(), "k").orElseThrow())
                        .isEqualTo(CrashWriter.content(number % 10));
            }
            for (long number : said("finished")) {
                assertThat(store.operations().find("o" + number).orElseThrow().status())
                        .isEqualTo(Operation.Status.SUCCEEDED);
            }
            for (Resource resource : store.resources().ofKind("models")) {
                String number = resource.id().name().substring(1);
                assertThat(store.operations().find("o" + number)).isPresent();
                assertThat(store.resources().secret(resource.id(), "k")).isPresent();
            }
        }
    }

    private void checkObjects() throws IOException {
        try (ObjectStore objects = Stores.folder(folder.resolve("objects"))) {
            Set<Long> deleted = said("deleted");
            for (long number : said("object")) {
                Optional<ObjectInfo> object = objects.head("c", "o" + number);
                boolean maybeDeleted = number % 5 == 0;
                assertThat(object.isPresent())
                        .as("object %s", number)
                        .isIn(!deleted.contains(number), !maybeDeleted);
            }
            List<ObjectInfo> all = objects.list("c", "", null, Integer.MAX_VALUE);
            Set<String> contents = new HashSet<>();
            for (ObjectInfo object : all) {
                contents.add(object.sha256());
                byte[] content = read(objects, object);
                long number =
                        object.name().equals("same")
                                ? numberIn(content)
                                : Long.parseLong(object.name().substring(1));
                assertThat(content).isEqualTo(CrashWriter.content(number));
            }
            assertThat(folder.resolve("objects/tmp")).isEmptyDirectory();
            Eventually.eventually(
                    "contents without a name are gone", () -> files() == contents.size());
        }
    }

    private static long numberIn(byte[] content) {
        String text = new String(content, UTF_8);
        return Long.parseLong(text.substring("content ".length(), text.indexOf('\n')));
    }

    private long files() throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("objects/sha256"))) {
            return files.filter(Files::isRegularFile).count();
        }
    }

    private static byte[] read(ObjectStore objects, ObjectInfo object) throws IOException {
        try (InputStream stream = objects.read(object, 0, Long.MAX_VALUE)) {
            return stream.readAllBytes();
        }
    }

    private Set<Long> said(String word) {
        return said.getOrDefault(word, Set.of());
    }
}
