package dev.farol.environment.process;

import dev.farol.kit.Trees;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What an earlier process left half done in a folder. */
public final class Leftovers {
    private Leftovers() {}

    /** Removes the folders whose names begin so. */
    public static void remove(Path parent, String prefix) throws IOException {
        try (DirectoryStream<Path> left = Files.newDirectoryStream(parent, prefix + "*")) {
            for (Path one : left) {
                if (Files.isDirectory(one, LinkOption.NOFOLLOW_LINKS)) {
                    Trees.delete(one);
                }
            }
        }
    }
}
