package dev.farol.store;

import dev.farol.store.folder.FolderStore;
import dev.farol.store.memory.MemoryStore;
import dev.farol.store.remote.RemoteStores;
import dev.farol.store.sql.SqlStore;
import java.nio.file.Path;
import java.time.InstantSource;

/** Opens stores. */
public final class Stores {
    private Stores() {}

    /** A store that forgets everything with the process; for tests. */
    public static Store memory() {
        return memory(InstantSource.system());
    }

    public static Store memory(InstantSource clock) {
        return new MemoryStore(clock);
    }

    /**
     * The store in a SQLite file, made where it is missing. One process at a time is meant to use
     * it. The driver's native library is kept beside it, in {@code native}.
     *
     * @throws dev.farol.spec.FarolException {@code ServiceUnavailable} when it cannot be opened
     */
    public static Store sqlite(Path file) {
        return sqlite(file, InstantSource.system());
    }

    public static Store sqlite(Path file, InstantSource clock) {
        return SqlStore.sqlite(file, clock);
    }

    /**
     * The store in a PostgreSQL database that exists; its tables are made in the user's schema.
     * Several processes may share it.
     *
     * @param url such as {@code jdbc:postgresql://db.example:5432/farol}
     */
    public static Store postgres(String url, String user, String password) {
        return postgres(url, user, password, InstantSource.system());
    }

    public static Store postgres(String url, String user, String password, InstantSource clock) {
        return SqlStore.postgres(url, user, password, clock);
    }

    /**
     * Objects in a directory, made where it is missing; one process at a time.
     *
     * @throws dev.farol.spec.FarolException {@code ServiceUnavailable} when it cannot be opened
     */
    public static ObjectStore folder(Path folder) {
        return folder(folder, InstantSource.system());
    }

    public static ObjectStore folder(Path folder, InstantSource clock) {
        return FolderStore.open(folder, clock);
    }

    /**
     * Objects as the configuration wants them kept.
     *
     * @param folder for all of them, or for the names, blocks and copies of a remote store
     * @throws dev.farol.spec.FarolException when the store cannot be used, and why
     */
    public static ObjectStore objects(Path folder, ObjectsConfig config, InstantSource clock) {
        long copies = config.copies().bytes();
        return switch (config.objects()) {
            case FOLDER -> folder(folder, clock);
            case S3 -> RemoteStores.open(folder.resolve("s3"), config.s3(), copies, clock);
            case AZURE_BLOB ->
                    RemoteStores.open(
                            folder.resolve("azure-blob"), config.azureBlob(), copies, clock);
        };
    }
}
