package dev.farol.backend.verdict;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.function.Predicate;

/** What is in a folder and where its links lead, briefly. */
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
        var found = new TreeSet<String>();
        var visitor =
                new SimpleFileVisitor<Path>() {
                    private int seen;

                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path each, BasicFileAttributes attributes) {
                        return each.endsWith("__pycache__")
                                ? FileVisitResult.SKIP_SUBTREE
                                : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
                        if (attributes.isRegularFile() && wanted.test(file)) {
                            found.add(folder.relativize(file).toString());
                        }
                        seen++;
                        return seen < LOOKED_AT
                                ? FileVisitResult.CONTINUE
                                : FileVisitResult.TERMINATE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException unreadable) {
                        return FileVisitResult.CONTINUE;
                    }
                };
        try {
            Files.walkFileTree(folder, EnumSet.of(FileVisitOption.FOLLOW_LINKS), DEPTH, visitor);
        } catch (IOException unreadable) {
            return List.of();
        }
        return List.copyOf(found);
    }
}
