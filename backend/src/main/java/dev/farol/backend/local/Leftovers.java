package dev.farol.backend.local;

import dev.farol.backend.LocalFolders;
import dev.farol.kit.AtomicFile;
import dev.farol.kit.Trees;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ends and clears away what an earlier run of the same home left behind, whose lock is held. */
final class Leftovers {
    private static final Logger LOG = LoggerFactory.getLogger(Leftovers.class);
    private static final String DEPLOYMENT = "deployment";
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    private final LocalFolders folders;
    private final ProcessTable table;
    private final LogArchive archive;

    Leftovers(LocalFolders folders, ProcessTable table, LogArchive archive) {
        this.folders = folders;
        this.table = table;
        this.archive = archive;
    }

    /** Notes in the instance's folder whose it is, for {@link #clear}. */
    static void sign(Path instance, ResourceId deployment) throws IOException {
        AtomicFile.write(instance.resolve(DEPLOYMENT), deployment.toString());
    }

    /** Ends it, and keeps of it no more than its logs. */
    void clear() throws IOException {
        end(folders, table);
        for (Path zygote : children(folders.environmentStates())) {
            new PidFile(zygote).clear();
        }
        for (Path instance : children(folders.instances())) {
            keepLogs(instance);
            Trees.delete(instance);
        }
    }

    /** Ends it, and leaves its files. */
    static void end(LocalFolders folders, ProcessTable table) throws IOException {
        String homeMark = mark(folders);
        var tree = new ProcessTree(table, mark -> mark.endsWith(homeMark));
        List<Path> instances = children(folders.instances());
        for (Path folder : join(instances, children(folders.environmentStates()))) {
            new PidFile(folder).read().stream().filter(table::alive).forEach(tree::add);
        }
        Set<ProcessId> alive = tree.end(PATIENCE);
        if (!alive.isEmpty()) {
            LOG.warn("Processes of an earlier run do not end: {}", alive);
        }
    }

    /** Ends the mark of every process of this home. */
    static String mark(LocalFolders folders) {
        return "@" + Digest.shortOf(folders.home().toString());
    }

    private void keepLogs(Path instance) {
        try {
            var deployment = ResourceId.parse(Files.readString(instance.resolve(DEPLOYMENT)));
            archive.take(
                    instance.getFileName().toString(), deployment, InstanceFolder.logsIn(instance));
        } catch (IOException | FarolException unsigned) {
            LOG.debug("{} does not say whose it was", instance);
        }
    }

    private static List<Path> join(List<Path> some, List<Path> others) {
        var all = new ArrayList<>(some);
        all.addAll(others);
        return all;
    }

    private static List<Path> children(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        var found = new ArrayList<Path>();
        try (DirectoryStream<Path> children =
                Files.newDirectoryStream(folder, Files::isDirectory)) {
            children.forEach(found::add);
        }
        return found;
    }
}
