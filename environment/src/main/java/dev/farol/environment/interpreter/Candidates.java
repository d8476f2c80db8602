package dev.farol.environment.interpreter;

import dev.farol.environment.Host;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where interpreters may be: a list of real paths, each once, not yet asked what they are. */
final class Candidates {
    private static final Logger log = LoggerFactory.getLogger(Candidates.class);
    private static final Pattern EXECUTABLE = Pattern.compile("python(3(\\.\\d+)?)?");

    private final Host host;

    Candidates(Host host) {
        this.host = host;
    }

    /** Executables as configured: a file, or a folder with {@code bin/python3} in it. */
    static List<Path> configured(List<Path> paths) {
        Set<Path> found = new LinkedHashSet<>();
        for (Path path : paths) {
            if (!Files.isDirectory(path)) {
                real(path, found);
                continue;
            }
            for (Path folder : List.of(path.resolve("bin"), path)) {
                if (Files.isDirectory(folder)) {
                    executables(folder).forEach(executable -> real(executable, found));
                }
            }
        }
        return List.copyOf(found);
    }

    /** Executables in a folder that holds a version in each of its folders. */
    static List<Path> versionsIn(Path parent) {
        Set<Path> folders = new LinkedHashSet<>();
        versions(parent, folders);
        return configured(List.copyOf(folders));
    }

    List<Path> discovered() {
        Set<Path> found = new LinkedHashSet<>();
        for (Path folder : folders()) {
            for (Path executable : executables(folder)) {
                real(executable, found);
            }
        }
        found.removeIf(Candidates::isScriptOrShim);
        return List.copyOf(found);
    }

    private Set<Path> folders() {
        Path home = host.userHome();
        Set<Path> folders = new LinkedHashSet<>();
        String pyenv = host.variables().get("PYENV_ROOT");
        if (pyenv != null) {
            versions(Path.of(pyenv, "versions"), folders);
        }
        versions(home.resolve(".pyenv/versions"), folders);
        String data = host.variables().get("XDG_DATA_HOME");
        Path share = data == null || data.isEmpty() ? home.resolve(".local/share") : Path.of(data);
        versions(share.resolve("uv/python"), folders);
        versions(share.resolve("mise/installs/python"), folders);
        versions(home.resolve(".asdf/installs/python"), folders);
        for (String entry : host.variables().getOrDefault("PATH", "").split(":")) {
            try {
                if (!entry.isEmpty() && Path.of(entry).isAbsolute()) {
                    folders.add(Path.of(entry));
                }
            } catch (InvalidPathException odd) {
                log.debug("Not a folder on PATH: {}", entry);
            }
        }
        for (String place : List.of("/usr/local/bin", "/usr/bin")) {
            folders.add(Path.of(place));
        }
        versions(Path.of("/opt"), folders);
        versions(Path.of("/Library/Frameworks/Python.framework/Versions"), folders);
        for (String conda : List.of("miniconda3", "miniforge3", "mambaforge", "anaconda3")) {
            folders.add(home.resolve(conda).resolve("bin"));
        }
        folders.add(Path.of("/home/linuxbrew/.linuxbrew/bin"));
        folders.add(Path.of("/opt/homebrew/bin"));
        return folders;
    }

    /** Adds the {@code bin} of every folder in one that holds a version each. */
    private static void versions(Path parent, Set<Path> folders) {
        if (!Files.isDirectory(parent)) {
            return;
        }
        try (DirectoryStream<Path> children = Files.newDirectoryStream(parent)) {
            List<Path> sorted = new ArrayList<>();
            children.forEach(sorted::add);
            sorted.stream().sorted().forEach(child -> folders.add(child.resolve("bin")));
        } catch (IOException unreadable) {
            log.debug("Cannot look for interpreters in {}", parent, unreadable);
        }
    }

    private static List<Path> executables(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(
                        folder,
                        file -> EXECUTABLE.matcher(file.getFileName().toString()).matches())) {
            List<Path> sorted = new ArrayList<>();
            files.forEach(sorted::add);
            return sorted.stream().sorted().toList();
        } catch (IOException unreadable) {
            log.debug("Cannot look for interpreters in {}", folder, unreadable);
            return List.of();
        }
    }

    private static void real(Path executable, Set<Path> found) {
        try {
            Path real = executable.toRealPath();
            if (Files.isRegularFile(real) && Files.isExecutable(real)) {
                found.add(real);
            }
        } catch (IOException dangling) {
            log.debug("Not an interpreter: {}", executable, dangling);
        }
    }

    /** A shim is a script, or a link to a program with another name that looks at its own name. */
    private static boolean isScriptOrShim(Path executable) {
        if (!executable.getFileName().toString().startsWith("python")) {
            return true;
        }
        try (InputStream stream = Files.newInputStream(executable)) {
            byte[] start = stream.readNBytes(2);
            return start.length < 2 || (start[0] == '#' && start[1] == '!');
        } catch (IOException unreadable) {
            return true;
        }
    }
}
