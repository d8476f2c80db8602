package dev.farol.runtime.triton;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Finds the models below a folder: of a repository, around one, or of a single model. */
final class Layout {
    private static final Pattern VERSION = Pattern.compile("[1-9][0-9]{0,17}");
    private static final int DEPTH = 3;

    private Layout() {}

    /**
     * The folders of models by name.
     *
     * @param name of the model when the folder is that of a single one
     * @throws Unusable when there is none
     */
    static SortedMap<String, Path> models(Path folder, String name) throws IOException {
        Path at = folder;
        for (int depth = 0; depth < DEPTH; depth++) {
            if (isModel(at)) {
                var single = new TreeMap<String, Path>();
                single.put(depth == 0 ? name : at.getFileName().toString(), at);
                return single;
            }
            var models = new TreeMap<String, Path>();
            List<Path> children = folders(at);
            for (Path child : children) {
                if (isModel(child)) {
                    models.put(child.getFileName().toString(), child);
                }
            }
            if (!models.isEmpty()) {
                return models;
            }
            if (children.size() != 1) {
                break;
            }
            at = children.getFirst();
        }
        throw new Unusable(
                "The folder of the model holds no model repository (expected:"
                        + " {model}/{version}/model.onnx, as models/simple/1/model.onnx, and"
                        + " {model}/config.pbtxt; found: "
                        + listing(folder)
                        + ")");
    }

    private static String listing(Path folder) throws IOException {
        try (Stream<Path> files = Files.walk(folder, DEPTH)) {
            List<String> found =
                    files.filter(Files::isRegularFile)
                            .map(file -> folder.relativize(file).toString())
                            .sorted()
                            .limit(5)
                            .toList();
            return found.isEmpty() ? "nothing" : String.join(", ", found);
        }
    }

    private static boolean isModel(Path folder) throws IOException {
        return Files.exists(folder.resolve(ConfigReader.FILE)) || !versions(folder).isEmpty();
    }

    /** The folders of a model's versions. */
    static SortedMap<Long, Path> versions(Path model) throws IOException {
        var versions = new TreeMap<Long, Path>();
        for (Path child : folders(model)) {
            String name = child.getFileName().toString();
            if (VERSION.matcher(name).matches()) {
                versions.put(Long.parseLong(name), child);
            }
        }
        return versions;
    }

    private static List<Path> folders(Path parent) throws IOException {
        try (Stream<Path> children = Files.list(parent)) {
            return children.filter(Files::isDirectory)
                    .filter(child -> !child.getFileName().toString().startsWith("."))
                    .sorted()
                    .toList();
        }
    }
}
