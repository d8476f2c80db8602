package dev.farol.environment.interpreter;

import dev.farol.environment.Host;
import dev.farol.environment.process.FolderLock;
import dev.farol.environment.process.Leftovers;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;

/**
 * The Python that Maven repositories carry as a jar, for machines that have none. It is fetched by
 * name, unpacked once, and then is an interpreter like any other.
 */
final class ShippedPython {
    private static final String VERSION = "3.13.5";
    private static final String COORDINATES = "org.bytedeco:cpython:" + VERSION + "-1.5.12:jar:";
    private static final Set<String> PLATFORMS =
            Set.of("linux-x86_64", "linux-arm64", "macosx-arm64", "macosx-x86_64");

    private final Host host;
    private final Path tools;
    private final Path folder;

    ShippedPython(Host host, Path tools) {
        this.host = host;
        this.tools = tools;
        this.folder = tools.resolve("python-" + VERSION);
    }

    /** The executable if it was unpacked before. */
    @Nullable Path present() {
        Path executable = executable();
        return Files.isExecutable(executable) ? executable : null;
    }

    private Path executable() {
        return folder.resolve("bin/python" + VERSION.substring(0, VERSION.lastIndexOf('.')));
    }

    /**
     * The executable, fetched if it is not there; null where this platform has none or nobody can
     * fetch it.
     */
    synchronized @Nullable Path obtain(Consumer<String> progress)
            throws IOException, InterruptedException {
        if (host.artifacts() == null || !PLATFORMS.contains(host.platform())) {
            return present();
        }
        Files.createDirectories(tools);
        try (FolderLock _ = FolderLock.acquire(tools.resolve(".python.lock"))) {
            if (present() == null) {
                progress.accept("no Python on this machine: fetching " + VERSION);
                unpack(host.artifacts().fetch(COORDINATES + host.platform()));
            }
            return present();
        }
    }

    /** Into a folder beside, renamed when complete: an interpreter finds its files relatively. */
    private void unpack(Path jar) throws IOException {
        Leftovers.remove(tools, ".python-");
        Path temporary = Files.createTempDirectory(tools, ".python-");
        String prefix = "org/bytedeco/cpython/" + host.platform() + "/";
        try (JarFile archive = new JarFile(jar.toFile())) {
            List<JarEntry> entries =
                    archive.stream()
                            .filter(entry -> !entry.isDirectory())
                            .filter(entry -> entry.getName().startsWith(prefix))
                            .filter(entry -> !entry.getName().matches(".*/lib/python[^/]*/test/.*"))
                            .toList();
            for (JarEntry entry : entries) {
                extract(archive, entry, temporary, entry.getName().substring(prefix.length()));
            }
        }
        besideExtensions(temporary);
        Files.move(temporary, folder, StandardCopyOption.ATOMIC_MOVE);
    }

    private static void extract(JarFile archive, JarEntry entry, Path root, String name)
            throws IOException {
        Path target = root.resolve(name).normalize();
        Path parent = target.getParent();
        if (!target.startsWith(root) || parent == null) {
            throw new IOException("An entry leaves the folder: " + name);
        }
        Files.createDirectories(parent);
        try (InputStream content = archive.getInputStream(entry)) {
            Files.copy(content, target);
        }
        if (name.startsWith("bin/") && !target.toFile().setExecutable(true)) {
            throw new IOException("Cannot be made executable: " + target);
        }
    }

    /**
     * ctypes looks for libffi in its own folder first; with a copy there no search path has to be
     * set for the interpreter and for everything that it starts.
     */
    private static void besideExtensions(Path root) throws IOException {
        Path library = root.resolve("libffi.so.8");
        Path extensions = root.resolve("lib/python3.13/lib-dynload");
        if (Files.exists(library) && Files.isDirectory(extensions)) {
            Files.copy(library, extensions.resolve(library.getFileName()));
        }
    }
}
