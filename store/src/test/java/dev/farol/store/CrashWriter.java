package dev.farol.store;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.farol.kit.Json;
import dev.farol.spec.ResourceId;
import dev.farol.store.ObjectStore.Put;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

/**
 * The process that {@link CrashIT} kills: writes resources and objects for ever, and says on
 * standard output what is done. Everything follows from a number, so that the test can tell.
 */
final class CrashWriter {
    private CrashWriter() {}

    /** Arguments: the folder and the first number. */
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        long first = Long.parseLong(arguments[1]);
        try (Store store = Stores.sqlite(folder.resolve("data/farol.db"));
                ObjectStore objects = Stores.folder(folder.resolve("objects"))) {
            Thread resources = Thread.ofPlatform().start(() -> writeResources(store, first));
            writeObjects(objects, first);
            resources.interrupt();
        }
    }

    static ResourceId id(long number) {
        return ResourceId.workspace("s", "g", "w").child("models", "m" + number);
    }

    /** Up to 400 kB, different for each number. */
    static byte[] content(long number) {
        byte[] unit = ("content " + number + "\n").getBytes(UTF_8);
        byte[] content = new byte[unit.length * (int) (1 + number * 7919 % 25_000)];
        for (int i = 0; i < content.length; i += unit.length) {
            System.arraycopy(unit, 0, content, i, unit.length);
        }
        return content;
    }

    private static void writeResources(Store store, long first) {
        for (long number = first; ; number++) {
            long now = number;
            store.transact(
                    within -> {
                        within.resources()
                                .create(id(now), Json.object().put("n", now), Json.object(), "t");
                        within.resources().putSecret(id(now), "k", content(now % 10));
                        return within.operations()
                                .start("o" + now, Operation.Kind.CREATE, id(now), 1);
                    });
            say("resource", now);
            store.operations().finish("o" + now, Operation.Status.SUCCEEDED, null);
            say("finished", now);
        }
    }

    private static void writeObjects(ObjectStore objects, long first) throws IOException {
        for (long number = first; ; number++) {
            byte[] content = content(number);
            if (number % 3 == 0) {
                objects.putBlock(
                        "c", "o" + number, "2", part(content, content.length / 2, content.length));
                objects.putBlock("c", "o" + number, "1", part(content, 0, content.length / 2));
                objects.commitBlocks("c", "o" + number, List.of("1", "2"), Put.PLAIN);
            } else {
                objects.put("c", "o" + number, part(content, 0, content.length), Put.PLAIN);
            }
            say("object", number);
            objects.put("c", "same", part(content, 0, content.length), Put.PLAIN);
            say("same", number);
            if (number % 5 == 0) {
                objects.delete("c", "o" + number);
                say("deleted", number);
            }
        }
    }

    private static InputStream part(byte[] content, int from, int to) {
        return new ByteArrayInputStream(content, from, to - from);
    }

    private static synchronized void say(String what, long number) {
        System.out.println(what + " " + number);
        System.out.flush();
    }
}
