package dev.farol.control.reconcile;

import dev.farol.spec.ResourceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What is kept in files of each deployment, so that it can be read after a restart and after its
 * instances are gone: the lines of its preparation, and the console of the instance that made its
 * last change fail.
 */
final class DeploymentRecord {
    private static final String PREPARATION = "preparation.log";
    private static final String OLDER = "preparation.log.1";
    private static final String FAILURE = "failure.log";
    private static final long ROTATE_AT = 1 << 20;

    private final Path root;
    private final InstantSource clock;

    DeploymentRecord(Path root, InstantSource clock) {
        this.root = root;
        this.clock = clock;
    }

    /** The console of an instance that failed. */
    record Failure(String instance, String console) {}

    /** Adds one line, with the time before it, to the log of the preparation. */
    synchronized void line(ResourceId deployment, String text) {
        String line = clock.instant().truncatedTo(ChronoUnit.MILLIS) + " " + text + "\n";
        Path file = folder(deployment).resolve(PREPARATION);
        try {
            Files.createDirectories(folder(deployment));
            if (Files.exists(file) && Files.size(file) > ROTATE_AT) {
                Files.move(
                        file,
                        folder(deployment).resolve(OLDER),
                        StandardCopyOption.REPLACE_EXISTING);
            }
            Files.writeString(file, line, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    /** The newest lines of the preparation, oldest first. */
    synchronized List<String> preparation(ResourceId deployment, int lines) {
        List<String> newer = read(folder(deployment).resolve(PREPARATION)).lines().toList();
        if (newer.size() >= lines) {
            return newer.subList(newer.size() - lines, newer.size());
        }
        List<String> older = read(folder(deployment).resolve(OLDER)).lines().toList();
        int missing = Math.min(older.size(), lines - newer.size());
        return java.util.stream.Stream.concat(
                        older.subList(older.size() - missing, older.size()).stream(),
                        newer.stream())
                .toList();
    }

    synchronized void failed(ResourceId deployment, Failure failure) {
        try {
            Files.createDirectories(folder(deployment));
            Files.writeString(
                    folder(deployment).resolve(FAILURE),
                    failure.instance() + "\n" + failure.console());
        } catch (IOException unwritable) {
            throw new UncheckedIOException(unwritable);
        }
    }

    synchronized Optional<Failure> failure(ResourceId deployment) {
        String text = read(folder(deployment).resolve(FAILURE));
        int end = text.indexOf('\n');
        return end < 0
                ? Optional.empty()
                : Optional.of(new Failure(text.substring(0, end), text.substring(end + 1)));
    }

    synchronized void forgetFailure(ResourceId deployment) {
        Folders.delete(folder(deployment).resolve(FAILURE));
    }

    synchronized void forget(ResourceId deployment) {
        Folders.delete(folder(deployment));
    }

    /** Removes what is kept of deployments that are none of these. */
    synchronized void sweep(List<ResourceId> deployments) {
        Set<Path> wanted = deployments.stream().map(this::folder).collect(Collectors.toSet());
        Folders.children(root).stream()
                .filter(each -> !wanted.contains(each))
                .forEach(Folders::delete);
    }

    private Path folder(ResourceId deployment) {
        return root.resolve(AssetFolders.folderName(deployment));
    }

    private static String read(Path file) {
        try {
            return new String(Files.readAllBytes(file), StandardCharsets.UTF_8);
        } catch (NoSuchFileException absent) {
            return "";
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }
}
