package dev.farol.runtime.python;

import dev.farol.kit.AtomicFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The Python side of this room, as files that an interpreter can run. */
public final class PythonSources {
    static final String WORKER = "worker.py";
    static final String ZYGOTE = "zygote.py";

    private static final List<String> FILES =
            List.of(
                    WORKER,
                    ZYGOTE,
                    "script.py",
                    "frames.py",
                    "parallel.py",
                    "batches.py",
                    "preload.py",
                    "output.py",
                    "settings.py",
                    "swagger.py",
                    "web.py");

    private PythonSources() {}

    /**
     * Writes the sources into a folder below {@code folder} that is named after their content, so
     * that several versions live side by side. Cheap when they are there already.
     *
     * @return the folder with {@code worker.py} and {@code zygote.py}
     */
    public static Path unpack(Path folder) throws IOException {
        var contents = new TreeMap<String, String>();
        for (String name : FILES) {
            contents.put(name, read(name));
        }
        Path target = folder.toAbsolutePath().resolve(digest(contents));
        for (var file : contents.entrySet()) {
            Path path = target.resolve(file.getKey());
            if (!Files.exists(path) || !Files.readString(path).equals(file.getValue())) {
                AtomicFile.write(path, file.getValue());
            }
        }
        return target;
    }

    private static String read(String name) throws IOException {
        try (InputStream in = PythonSources.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("The distribution lacks " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    private static String digest(Map<String, String> contents) {
        try {
            var sha = MessageDigest.getInstance("SHA-256");
            for (var file : contents.entrySet()) {
                sha.update(file.getKey().getBytes(StandardCharsets.UTF_8));
                sha.update(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
            return HexFormat.of().formatHex(sha.digest(), 0, 8);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
