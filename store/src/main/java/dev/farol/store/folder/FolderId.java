package dev.farol.store.folder;

import dev.farol.kit.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;

/** What tells this folder's names from those of any other; a vault belongs to one of them. */
public final class FolderId {
    private FolderId() {}

    /** Made when it is asked for the first time. */
    public static String of(Path root) throws IOException {
        Path file = root.resolve("id");
        if (!Files.exists(file)) {
            AtomicFile.write(file, UUID.randomUUID().toString());
        }
        return Files.readString(file).strip();
    }
}
