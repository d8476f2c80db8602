package dev.farol.cli.verb;

import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import dev.farol.kit.AtomicFile;
import dev.farol.kit.PrivateFolder;
import dev.farol.kit.Trees;
import dev.farol.spec.NameRule;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What is known of endpoints on this machine: {@code local/{endpoint}/endpoint.json} of the home,
 * and a folder for each deployment beside it with its {@code definition.json}.
 */
final class LocalFolders {
    private static final String FILES = "files-";
    private static final String DEPLOYMENTS = "deployments";
    private static final String ENDPOINT_FILE = "endpoint.json";
    private static final String DEPLOYMENT_FILE = "definition.json";

    private final Path home;
    private final Path root;

    LocalFolders(Path home) {
        this.home = home;
        this.root = home.resolve("local");
    }

    /** Held while something of an endpoint is changed: one command at a time does. */
    interface Held extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits until no other command changes the endpoint.
     *
     * @param waiting is told when there is one
     */
    Held hold(String endpoint, Runnable waiting) {
        if (NameRule.ENDPOINT.violation(endpoint).isPresent()) {
            return () -> {};
        }
        try {
            // Definitions hold variables of the environment, which may be secrets.
            PrivateFolder.create(home);
            PrivateFolder.create(root);
            // Not in the endpoint's folder, which is deleted as a whole.
            Path locks = Files.createDirectories(root.resolve(".locks"));
            FileChannel file =
                    FileChannel.open(
                            locks.resolve(endpoint + ".lock"),
                            StandardOpenOption.CREATE,
                            StandardOpenOption.WRITE);
            if (file.tryLock() == null) {
                waiting.run();
                file.lock();
            }
            return () -> {
                try {
                    file.close();
                } catch (IOException stays) {
                    throw CommandFailed.failed("Cannot be closed: " + stays.getMessage());
                }
            };
        } catch (IOException unusable) {
            throw CommandFailed.failed("Cannot be used: " + unusable.getMessage());
        }
    }

    /** The folders of all deployments, also of those that were never defined to the end. */
    List<Path> folders(String endpoint) {
        Path deployments = root.resolve(endpoint).resolve(DEPLOYMENTS);
        return children(deployments).stream().map(deployments::resolve).toList();
    }

    /** A folder of a deployment for what is brought, which no other command has used. */
    Path fresh(String endpoint, String name) {
        return folder(endpoint, name).resolve(FILES + UUID.randomUUID());
    }

    /** Removes what was brought for the deployment, but for one folder. */
    void deleteOthers(String endpoint, String name, Path files) {
        Path folder = folder(endpoint, name);
        children(folder).stream()
                .filter(child -> child.startsWith(FILES))
                .map(folder::resolve)
                .filter(child -> !child.equals(files))
                .forEach(LocalFolders::delete);
    }

    List<String> endpoints() {
        return children(root).stream().filter(name -> endpoint(name).isPresent()).toList();
    }

    Optional<Map<String, @Nullable Object>> endpoint(String name) {
        return NameRule.ENDPOINT.violation(name).isPresent()
                ? Optional.empty()
                : read(root.resolve(name).resolve(ENDPOINT_FILE));
    }

    void write(String endpoint, Map<String, @Nullable Object> values) {
        write(root.resolve(endpoint).resolve(ENDPOINT_FILE), values);
    }

    List<String> deployments(String endpoint) {
        return children(root.resolve(endpoint).resolve(DEPLOYMENTS)).stream()
                .filter(name -> deployment(endpoint, name).isPresent())
                .toList();
    }

    Optional<Map<String, @Nullable Object>> deployment(String endpoint, String name) {
        return NameRule.ENDPOINT.violation(endpoint).isPresent()
                        || NameRule.DEPLOYMENT.violation(name).isPresent()
                ? Optional.empty()
                : read(folder(endpoint, name).resolve(DEPLOYMENT_FILE));
    }

    void write(String endpoint, String name, Map<String, @Nullable Object> values) {
        write(folder(endpoint, name).resolve(DEPLOYMENT_FILE), values);
    }

    /** Everything of a deployment; it is there only when its definition is. */
    Path folder(String endpoint, String name) {
        return root.resolve(endpoint).resolve(DEPLOYMENTS).resolve(name);
    }

    void delete(String endpoint) {
        delete(root.resolve(endpoint));
    }

    void delete(String endpoint, String name) {
        delete(folder(endpoint, name));
    }

    /** Links are taken away, not what they lead to. */
    static void delete(Path folder) {
        try {
            Trees.delete(folder);
        } catch (IOException stays) {
            throw CommandFailed.failed("Cannot be removed: " + stays.getMessage());
        }
    }

    private static List<String> children(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.map(child -> child.getFileName().toString()).sorted().toList();
        } catch (IOException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + unreadable.getMessage());
        }
    }

    private static Optional<Map<String, @Nullable Object>> read(Path file) {
        try {
            return Optional.of(Tree.map(JsonText.parse(Files.readAllBytes(file))));
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        } catch (IOException | IllegalArgumentException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + unreadable.getMessage());
        }
    }

    private static void write(Path file, Map<String, @Nullable Object> values) {
        try {
            AtomicFile.write(file, JsonText.pretty(values) + "\n");
        } catch (IOException unwritable) {
            throw CommandFailed.failed("Cannot be written: " + unwritable.getMessage());
        }
    }
}
