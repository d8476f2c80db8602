package dev.farol.backend.verdict;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** What is in a folder, briefly. */
final class FolderListing {
    private static final int DEPTH = 5;
    private static final int SHOWN = 20;
    private static final int LOOKED_AT = 5_000;

    private FolderListing() {}

    /** The files below {@code folder}, relative to it, such as {@code a.pkl, b/c.json}. */
    static String of(Path folder) {
        List<String> names = files(folder, path -> true);
        if (names.isEmpty()) {
            return Files.isDirectory(folder) ? "nothing" : "no such folder";
        }
        String shown = String.join(", ", names.subList(0, Math.min(SHOWN, names.size())));
        return names.size() <= SHOWN ? shown : shown + " and more";
    }

    /** Whether a file of that name is anywhere below {@code folder}. */
    static boolean has(Path folder, Path name) {
        return !files(folder, file -> name.equals(file.getFileName())).isEmpty();
    }

    /** The file or package of the user's own that a module name could mean. */
    static Optional<String> module(Path folder, String module) {
        String path = module.replace('.', '/');
        return files(
                        folder,
                        file -> file.endsWith(path + ".py") || file.endsWith(path + "/__init__.py"))
                .stream()
                .findFirst();
    }

    private static List<String> files(Path folder, Predicate<Path> wanted) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> walk = Files.walk(folder, DEPTH)) {
            return walk.limit(LOOKED_AT)
                    .filter(path -> !path.toString().contains("__pycache__"))
                    .filter(Files::isRegularFile)
                    .filter(wanted)
                    .map(path -> folder.relativize(path).toString())
                    .sorted()
                    .toList();
        } catch (IOException | UncheckedIOException unreadable) {
            return List.of();
        }
    }
}
