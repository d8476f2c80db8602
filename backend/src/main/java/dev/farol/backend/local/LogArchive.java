package dev.farol.backend.local;

import dev.farol.kit.Trees;
import dev.farol.spec.ResourceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The logs of instances that are gone: {@code <folder>/<deployment>/<instance>/console.log}. */
final class LogArchive {
    private static final Logger LOG = LoggerFactory.getLogger(LogArchive.class);

    private final Path folder;
    private final Duration keep;
    private final int most;
    private final InstantSource clock;

    LogArchive(Path folder, Duration keep, int most, InstantSource clock) {
        this.folder = folder;
        this.keep = keep;
        this.most = most;
        this.clock = clock;
    }

    /** Takes over the logs of an instance. A fault is told and loses logs, nothing else. */
    synchronized void take(String instance, ResourceId deployment, Path logs) {
        try {
            if (Files.isDirectory(logs)) {
                Path kept = of(deployment).resolve(instance);
                Trees.delete(kept);
                Files.createDirectories(of(deployment));
                Files.move(logs, kept);
                Files.setLastModifiedTime(kept, FileTime.from(clock.instant()));
            }
            prune();
        } catch (IOException | UncheckedIOException fault) {
            LOG.warn("The logs of instance {} are lost: {}", instance, fault.toString());
        }
    }

    /** The logs of the instance of this deployment that went last. */
    synchronized Optional<ConsoleLog> newest(ResourceId deployment) {
        return newestFirst(of(deployment)).stream().findFirst().map(ConsoleLog::new);
    }

    synchronized Optional<ConsoleLog> ofInstance(String instance) {
        return children(folder).stream()
                .map(deployment -> deployment.resolve(instance))
                .filter(Files::isDirectory)
                .findFirst()
                .map(ConsoleLog::new);
    }

    private void prune() throws IOException {
        Instant oldest = clock.instant().minus(keep);
        for (Path deployment : children(folder)) {
            List<Path> instances = newestFirst(deployment);
            for (int i = 0; i < instances.size(); i++) {
                if (i >= most || modified(instances.get(i)).isBefore(oldest)) {
                    Trees.delete(instances.get(i));
                }
            }
            if (children(deployment).isEmpty()) {
                Trees.delete(deployment);
            }
        }
    }

    private Path of(ResourceId deployment) {
        String names =
                String.join("-", deployment.path().stream().map(ResourceId.Segment::name).toList());
        return folder.resolve(
                names.replaceAll("[^A-Za-z0-9-]", "_") + "-" + Digest.shortOf(deployment.key()));
    }

    private static List<Path> newestFirst(Path deployment) {
        return children(deployment).stream()
                .sorted(Comparator.comparing(LogArchive::modified).reversed())
                .toList();
    }

    private static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(Files::isDirectory).toList();
        } catch (IOException unreadable) {
            throw new UncheckedIOException(unreadable);
        }
    }

    private static Instant modified(Path path) {
        try {
            return Files.getLastModifiedTime(path).toInstant();
        } catch (IOException gone) {
            return Instant.EPOCH;
        }
    }
}
