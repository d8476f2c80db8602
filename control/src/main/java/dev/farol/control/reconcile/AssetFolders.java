package dev.farol.control.reconcile;

import dev.farol.control.model.AssetLocation;
import dev.farol.control.model.AssetVersion;
import dev.farol.control.model.Digests;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.ObjectStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Models and code as folders of this machine. Below the root: {@code models/{key}} and {@code
 * codes/{key}}, one per registered version, read-only, shared; {@code made/{key}}, what Farol made
 * of a model; {@code apps/{deployment}/{revision}}, a copy of the code that its instances may write
 * to. A folder is complete or it is not there.
 */
final class AssetFolders {
    private static final Logger log = LoggerFactory.getLogger(AssetFolders.class);

    private static final String MADE = "made";

    private final Path root;
    private final ObjectStore objects;
    private final InstantSource clock;
    private final KeyedLocks locks = new KeyedLocks();

    AssetFolders(Path root, ObjectStore objects, InstantSource clock) {
        this.root = root;
        this.objects = objects;
        this.clock = clock;
    }

    /**
     * The folder for AZUREML_MODEL_DIR: what was registered lies in it under its own name, a folder
     * as a folder, a single file as a file.
     *
     * @throws FarolException {@code MODEL_UNAVAILABLE} when nothing is there
     */
    Path model(AssetVersion model, AssetLocation location)
            throws IOException, InterruptedException {
        Path folder = root.resolve("models").resolve(model.key());
        return locks.locked(
                folder.toString(),
                () -> {
                    Path target =
                            single(location)
                                    ? folder
                                    : folder.resolve(Folders.safe(name(model, location)));
                    materialize(model, location, target);
                    return used(folder);
                });
    }

    /** The code as it was registered, read-only. */
    Path code(AssetVersion code, AssetLocation location) throws IOException, InterruptedException {
        Path folder = root.resolve("codes").resolve(code.key());
        return locks.locked(
                folder.toString(),
                () -> {
                    materialize(code, location, folder);
                    return used(folder);
                });
    }

    /** Stamped by our clock: the file system's may be some milliseconds behind it. */
    private Path used(Path folder) {
        Folders.touch(folder, clock.instant());
        return folder;
    }

    /** A writable copy of the code for the instances of one revision. */
    Path app(ResourceId deployment, String revision, Path code)
            throws IOException, InterruptedException {
        return app(deployment, revision, folder -> Folders.copy(code, folder));
    }

    /** A folder that the instances of one revision run in, filled by {@code fill}. */
    Path app(ResourceId deployment, String revision, Filling fill)
            throws IOException, InterruptedException {
        Path folder = apps(deployment).resolve(revision);
        return locks.locked(
                apps(deployment).toString(),
                () -> {
                    if (!Files.isDirectory(folder)) {
                        Folders.make(folder, fill);
                    }
                    return folder;
                });
    }

    /**
     * What was made of a model once, and is kept as long as the model.
     *
     * @param key names what made it
     */
    Path made(AssetVersion model, String key, Filling fill)
            throws IOException, InterruptedException {
        Path folder = root.resolve(MADE).resolve(model.key()).resolve(Folders.safe(key));
        return locks.locked(
                folder.toString(),
                () -> {
                    if (!Files.isDirectory(folder)) {
                        Folders.make(folder, fill);
                    }
                    used(folder.resolveSibling(""));
                    return folder;
                });
    }

    /** Puts files into a new folder. */
    @FunctionalInterface
    interface Filling {
        void into(Path folder) throws IOException;
    }

    /**
     * Removes the copies of revisions that no instance of the deployment uses any more.
     *
     * @param failed whether the newest copy is of a revision that did not come up: it stays, for
     *     the command that reproduces the failure
     */
    void keepApps(ResourceId deployment, Set<String> revisions, boolean failed)
            throws InterruptedException {
        Path folder = apps(deployment);
        locks.locked(
                folder.toString(),
                () -> {
                    List<Path> unused =
                            Folders.children(folder).stream()
                                    .filter(
                                            each ->
                                                    !revisions.contains(
                                                            each.getFileName().toString()))
                                    .sorted(Comparator.comparing(Folders::modified))
                                    .toList();
                    int stay = failed && !unused.isEmpty() ? 1 : 0;
                    unused.subList(0, unused.size() - stay).forEach(Folders::delete);
                    return folder;
                });
    }

    /** Also a copy that is being made just now, once it is whole. */
    void removeApps(ResourceId deployment) throws InterruptedException {
        Path folder = apps(deployment);
        locks.locked(
                folder.toString(),
                () -> {
                    Folders.delete(folder);
                    return folder;
                });
    }

    /**
     * Stamps the models and codes with these keys as used now, and removes those others that were
     * last used before {@code usedBefore}.
     */
    void removeUnused(Set<String> models, Set<String> codes, Instant usedBefore)
            throws InterruptedException {
        removeUnused(root.resolve("models"), models, usedBefore);
        removeUnused(root.resolve(MADE), models, usedBefore);
        removeUnused(root.resolve("codes"), codes, usedBefore);
    }

    private void removeUnused(Path parent, Set<String> wanted, Instant usedBefore)
            throws InterruptedException {
        for (Path folder : Folders.children(parent)) {
            locks.locked(
                    folder.toString(),
                    () -> {
                        if (wanted.contains(folder.getFileName().toString())) {
                            Folders.touch(folder, clock.instant());
                        } else if (Folders.modified(folder).toInstant().isBefore(usedBefore)) {
                            log.info("{} removed: no deployment refers to it", folder);
                            Folders.deleteWhole(folder);
                        }
                        return folder;
                    });
        }
    }

    /** Removes the copies of all deployments but these, and what a crash left half made. */
    void sweep(List<ResourceId> deployments) {
        for (String shared : new String[] {"models", "codes"}) {
            Folders.children(root.resolve(shared)).stream()
                    .filter(Folders::temporary)
                    .forEach(Folders::delete);
        }
        Folders.children(root.resolve(MADE)).stream()
                .flatMap(model -> Folders.children(model).stream())
                .filter(Folders::temporary)
                .forEach(Folders::delete);
        Set<Path> wanted = Set.copyOf(deployments.stream().map(this::apps).distinct().toList());
        for (Path each : Folders.children(root.resolve("apps"))) {
            if (wanted.contains(each)) {
                Folders.children(each).stream().filter(Folders::temporary).forEach(Folders::delete);
            } else {
                Folders.delete(each);
            }
        }
    }

    /** The name of a deployment as a folder, unique whatever its endpoint is called. */
    static String folderName(ResourceId deployment) {
        return Folders.safe(
                        deployment.parent().orElseThrow().name()
                                + "."
                                + deployment.name()
                                + "."
                                + Digests.hex(deployment.key()).substring(0, 8))
                .toLowerCase(Locale.ROOT);
    }

    private Path apps(ResourceId deployment) {
        return root.resolve("apps").resolve(folderName(deployment));
    }

    private void materialize(AssetVersion asset, AssetLocation location, Path target)
            throws IOException {
        if (Files.isDirectory(target)) {
            return;
        }
        Files.createDirectories(Objects.requireNonNull(target.getParent()));
        if (objects.materialize(location.container(), location.path(), target) == 0) {
            throw new FarolException(
                    ErrorCode.MODEL_UNAVAILABLE,
                    "There are no files of '" + asset.label() + "' at " + asset.uri());
        }
    }

    private boolean single(AssetLocation location) throws IOException {
        return !location.path().isEmpty()
                && objects.list(location.container(), location.path() + "/", null, 1).isEmpty()
                && objects.head(location.container(), location.path()).isPresent();
    }

    private static String name(AssetVersion model, AssetLocation location) {
        return location.name().isEmpty()
                ? model.id().parent().map(ResourceId::name).orElse("model")
                : location.name();
    }

    /** At most {@code limit} files of a folder, relative, sorted: for messages. */
    static List<String> listing(Path folder, int limit) throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> folder.relativize(file).toString())
                    .sorted()
                    .limit(limit)
                    .toList();
        }
    }
}
