package dev.farol.store.remote;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.opendal.NativeLibrary;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The native part of OpenDAL. Its loader unpacks 45 MB into the temporary folder for each process,
 * takes no other place, and removes them only at an orderly end. Where the system tells which files
 * a process has mapped (Linux), the name is removed as soon as the library is loaded: its contents
 * go with the process, however it ends.
 */
final class OpenDalLibrary {
    private static final Logger LOG = LoggerFactory.getLogger(OpenDalLibrary.class);
    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final Pattern UNPACKED =
            Pattern.compile("(/\\S.*/\\w*opendal_java[0-9]+\\.so)(?: \\(deleted\\))?$");

    private OpenDalLibrary() {}

    static void load() {
        NativeLibrary.loadLibrary();
        for (Path file : unpacked()) {
            try {
                Files.deleteIfExists(file);
            } catch (IOException stays) {
                LOG.debug("{} stays until the process's end", file, stays);
            }
        }
    }

    /** The files in which the library of this process was unpacked; also such that are gone. */
    static List<Path> unpacked() {
        if (!Files.isReadable(MAPS)) {
            return List.of();
        }
        try {
            return Files.readAllLines(MAPS).stream()
                    .map(UNPACKED::matcher)
                    .filter(Matcher::find)
                    .map(found -> Path.of(found.group(1)))
                    .distinct()
                    .toList();
        } catch (IOException unreadable) {
            LOG.debug("{} cannot be read", MAPS, unreadable);
            return List.of();
        }
    }
}
