package dev.farol.backend.local;

import dev.farol.backend.LocalFolders;
import dev.farol.kit.Trees;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/**
 * Where sockets go. A socket's path has about 100 bytes, so a home with a long path gets a private
 * folder among the temporary ones.
 *
 * @param temporary whether it is to vanish with the backend
 */
record RunFolder(Path path, boolean temporary) {
    /** What is left for "/i-0123456789/" and a socket's own name. */
    private static final int LONGEST = 60;

    static RunFolder choose(LocalFolders folders) {
        return choose(folders, Path.of(System.getProperty("java.io.tmpdir", "/tmp")));
    }

    static RunFolder choose(LocalFolders folders, Path temporaryFolders) {
        try {
            if (bytes(folders.run()) <= LONGEST) {
                Files.createDirectories(folders.run());
                restrict(folders.run());
                return new RunFolder(folders.run(), false);
            }
            Path own =
                    temporaryFolders.resolve("farol-" + Digest.shortOf(folders.home().toString()));
            return new RunFolder(privateFolder(own), true);
        } catch (IOException fault) {
            throw new FarolException(
                    ErrorCode.UNAVAILABLE, "There is no place for sockets: " + fault);
        }
    }

    /** The folder for the sockets of an instance. */
    Path ofInstance(String id) {
        return path.resolve("i-" + Digest.shortOf(id));
    }

    Path zygoteSocket(String environmentKey) {
        return path.resolve("z-" + Digest.shortOf(environmentKey) + ".sock");
    }

    /** Removes what an earlier run left. */
    void sweep() throws IOException {
        try (var leftovers = Files.newDirectoryStream(path, "{i,z}-*")) {
            for (Path leftover : leftovers) {
                Trees.delete(leftover);
            }
        }
    }

    /** Removes everything, for nobody is to use it now. */
    void clear() throws IOException {
        if (temporary) {
            Trees.delete(path);
        } else {
            sweep();
        }
    }

    private static Path privateFolder(Path wanted) throws IOException {
        try {
            Files.createDirectory(wanted);
        } catch (FileAlreadyExistsException fromBefore) {
            boolean ours =
                    Files.isDirectory(wanted, LinkOption.NOFOLLOW_LINKS)
                            && Files.getOwner(wanted).getName().equals(userName(wanted));
            if (!ours) {
                // Somebody else took the name: nothing of theirs is trusted.
                return Files.createTempDirectory(wanted.getParent(), "farol-");
            }
        }
        restrict(wanted);
        return wanted;
    }

    /** The owner of what this process creates. */
    private static String userName(Path beside) throws IOException {
        Path probe = Files.createTempFile(beside.getParent(), "farol-", ".tmp");
        try {
            return Files.getOwner(probe).getName();
        } finally {
            Files.delete(probe);
        }
    }

    private static void restrict(Path folder) throws IOException {
        if (FileSystems.getDefault().supportedFileAttributeViews().contains("posix")) {
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwx------"));
        }
    }

    private static int bytes(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length;
    }
}
