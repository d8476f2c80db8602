package dev.farol.backend.verdict;

import static dev.farol.spec.ErrorCode.MODEL_UNAVAILABLE;

import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files that a script opens and that are not there: its model's, its own, and others. */
final class FileRules {
    static final String MISSING = "FileNotFoundError: \\[Errno 2\\] [^:]+: '([^']+)'";
    private static final String FOLDER = "IsADirectoryError: \\[Errno 21\\] [^:]+: '([^']+)'";
    private static final Pattern OPENED = Pattern.compile(MISSING + "|" + FOLDER);
    private static final Pattern NAME_OF_A_MODEL =
            Pattern.compile(
                    ".+\\.(pkl|pickle|joblib|skops|onnx|ort|pt|pt2|pth|keras|h5|pb|ubj|bst|cbm"
                            + "|safetensors|gguf|tflite)");
    private static final String ELSEWHERE =
            "correct the path: it leads neither into the model nor into the code folder.";

    static final List<Rule> TABLE =
            List.of(
                    Rule.error(
                                    "model-file-missing",
                                    MISSING,
                                    MODEL_UNAVAILABLE,
                                    FileRules::isMissing,
                                    FileRules::inTheModel)
                            .and(FileRules::meansTheModel),
                    Rule.error(
                                    "model-path-is-folder",
                                    FOLDER,
                                    MODEL_UNAVAILABLE,
                                    FileRules::isFolder,
                                    FileRules::inTheModel)
                            .and(FileRules::meansTheModel),
                    Rule.error(
                            "file-missing",
                            MISSING,
                            null,
                            FileRules::isMissing,
                            hit ->
                                    inTheCode(
                                            hit,
                                            "Ship the file in the code folder and build its path"
                                                    + " from os.path.dirname(__file__)")),
                    Rule.error(
                            "path-is-folder",
                            FOLDER,
                            null,
                            FileRules::isFolder,
                            hit -> inTheCode(hit, "Open a file in that folder")));

    private FileRules() {}

    private static String isMissing(Rule.Hit hit) {
        return "There is no file " + hit.group(1) + ".";
    }

    private static String isFolder(Rule.Hit hit) {
        return hit.group(1) + " is a folder, not a file.";
    }

    /**
     * A path below the model's folder; one of another machine or container, with a name as models
     * have it; and one that is relative to nothing that a script could know.
     */
    private static boolean meansTheModel(Evidence evidence) {
        Matcher opened = OPENED.matcher(evidence.error());
        if (!opened.find()) {
            return false;
        }
        Path path =
                Path.of(Objects.requireNonNullElse(opened.group(1), opened.group(2))).normalize();
        if (!path.isAbsolute() || isBelowTheModel(path, evidence)) {
            return true;
        }
        Path name = path.getFileName();
        String modelDir = evidence.modelDir();
        return name != null
                && !path.startsWith(evidence.appRoot())
                && (NAME_OF_A_MODEL.matcher(name.toString()).matches()
                        || (modelDir != null && FolderListing.has(Path.of(modelDir), name)));
    }

    private static boolean isBelowTheModel(Path path, Evidence evidence) {
        return evidence.modelDir() != null && path.startsWith(evidence.modelDir());
    }

    private static String inTheModel(Rule.Hit hit) {
        Evidence evidence = hit.evidence();
        String modelDir = evidence.modelDir();
        if (modelDir == null) {
            return "Ship the file in the code folder, or add 'model:' to the deployment's YAML; the"
                    + " code folder has: "
                    + FolderListing.of(evidence.appRoot())
                    + ".";
        }
        boolean ofModel = isBelowTheModel(Path.of(hit.group(1)).normalize(), evidence);
        return (ofModel
                        ? "Correct the path below AZUREML_MODEL_DIR; there is: "
                        : "Build the path from os.environ[\"AZUREML_MODEL_DIR\"]; below it there"
                                + " is: ")
                + FolderListing.of(Path.of(modelDir))
                + ".";
    }

    /**
     * @param otherwise what else to do when the path leads out of the code folder
     */
    static String inTheCode(Rule.Hit hit, String otherwise) {
        Path appRoot = hit.evidence().appRoot();
        return Path.of(hit.group(1)).normalize().startsWith(appRoot)
                ? "Correct the path below the code folder; there is: "
                        + FolderListing.of(appRoot)
                        + "."
                : otherwise + ", or " + ELSEWHERE;
    }
}
