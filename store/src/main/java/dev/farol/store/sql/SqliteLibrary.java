package dev.farol.store.sql;

import java.io.FileNotFoundException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import org.sqlite.SQLiteJDBCLoader;
import org.sqlite.util.LibraryLoaderUtil;

/**
 * Keeps the driver's native library in one place. Left alone, the driver unpacks it anew into the
 * temporary folder at every start, and a killed process leaves it there.
 */
final class SqliteLibrary {
    private static final String FOLDER_PROPERTY = "org.sqlite.lib.path";
    private static final String NAME_PROPERTY = "org.sqlite.lib.name";

    private SqliteLibrary() {}

    /**
     * Unpacks the library below {@code folder}, unless it is there, and tells the driver. The first
     * call in a process decides.
     */
    static synchronized void unpack(Path folder) throws IOException {
        if (System.getProperty(FOLDER_PROPERTY) != null) {
            return;
        }
        String name = LibraryLoaderUtil.getNativeLibName();
        Path home = folder.resolve("sqlite-" + SQLiteJDBCLoader.getVersion());
        Path library = home.resolve(name);
        if (!Files.exists(library)) {
            write(LibraryLoaderUtil.getNativeLibResourcePath() + "/" + name, home, library);
        }
        System.setProperty(NAME_PROPERTY, name);
        System.setProperty(FOLDER_PROPERTY, home.toString());
    }

    /** Whole or not at all: the next start trusts what it finds. */
    private static void write(String resource, Path home, Path library) throws IOException {
        Files.createDirectories(home);
        Path temporary = Files.createTempFile(home, "new", ".tmp");
        try (InputStream content = SQLiteJDBCLoader.class.getResourceAsStream(resource)) {
            if (content == null) {
                throw new FileNotFoundException("No SQLite for this system: " + resource);
            }
            Files.copy(content, temporary, StandardCopyOption.REPLACE_EXISTING);
            Files.move(temporary, library, StandardCopyOption.ATOMIC_MOVE);
        } catch (FileAlreadyExistsException e) {
            // Another process was faster, with the same bytes.
            if (!Files.exists(library)) {
                throw e;
            }
        } finally {
            Files.deleteIfExists(temporary);
        }
    }
}
