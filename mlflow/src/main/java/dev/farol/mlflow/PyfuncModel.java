package dev.farol.mlflow;

import dev.farol.environment.Definition;
import dev.farol.environment.Lock;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A model as MLflow saved it, of the flavour {@code python_function}.
 *
 * @param label how messages call it, {@code name:version}
 * @param root the folder that AZUREML_MODEL_DIR says
 * @param folder holds the file {@code MLmodel}; {@code root} or below it
 */
public record PyfuncModel(String label, Path root, Path folder, Description description) {
    private static final String MLMODEL = "MLmodel";
    private static final int DEEP = 6;
    private static final int LISTED = 20;
    private static final long LARGEST = 1 << 20;
    private static final Pattern BRINGS_MLFLOW =
            Pattern.compile("mlflow(-skinny)?(\\[.*])? *([=<>!~@ ].*)?");
    private static final Pattern TEXTS = Pattern.compile(".*\\.(txt|ya?ml|in|pip)");

    /**
     * Reads the model that was registered.
     *
     * @param root holds it under its own name, see {@link #root}
     * @throws FarolException {@code MODEL_UNAVAILABLE} where files are missing, {@code
     *     INVALID_ARGUMENT} where MLmodel is not what MLflow writes
     */
    public static PyfuncModel read(Path root, String label) throws IOException {
        Path folder = find(root, label);
        Path file = folder.resolve(MLMODEL);
        if (Files.size(file) > LARGEST * 8) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    label + "/MLmodel has " + Files.size(file) + " bytes (expected: a small text)");
        }
        Description description =
                Description.read(Texts.read(file, label + "/" + MLMODEL), label + "/" + MLMODEL);
        description.requireFiles(folder);
        return new PyfuncModel(label, root, folder, description);
    }

    private static Path find(Path root, String label) throws IOException {
        List<Path> found = places(root);
        for (Path each : found) {
            if (root.relativize(each).getNameCount() <= 2) {
                return each.resolveSibling("");
            }
        }
        String inside =
                found.isEmpty()
                        ? "it holds: " + listing(root)
                        : "there is one in "
                                + found.stream()
                                        .map(
                                                each ->
                                                        root.relativize(each.resolveSibling(""))
                                                                .toString())
                                        .collect(Collectors.joining(", "))
                                + ": register that folder";
        throw new FarolException(
                ErrorCode.MODEL_UNAVAILABLE,
                "/properties/model",
                "The model '"
                        + label
                        + "' has no file MLmodel in its folder, as a model of type mlflow_model has"
                        + " it ("
                        + inside
                        + ")");
    }

    private static List<Path> places(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root, DEEP, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(
                            each ->
                                    each.getFileName().toString().equals(MLMODEL)
                                            && Files.isRegularFile(each))
                    .sorted()
                    .sorted((a, b) -> Integer.compare(a.getNameCount(), b.getNameCount()))
                    .toList();
        }
    }

    private static String listing(Path root) throws IOException {
        try (Stream<Path> files = Files.walk(root, DEEP, FileVisitOption.FOLLOW_LINKS)) {
            return files.filter(Files::isRegularFile)
                    .map(file -> root.relativize(file).toString())
                    .sorted()
                    .limit(LISTED)
                    .collect(Collectors.joining(", "));
        }
    }

    /** What {@link ScoringScript#MODEL_FOLDER} is to say. */
    public String relative() {
        return root.relativize(folder).toString();
    }

    /** The flavours that it can be loaded as. */
    public Set<String> flavors() {
        return description.flavors().keySet();
    }

    /**
     * The environment that the model's own files ask for: {@code conda.yaml}, else {@code
     * python_env.yaml} with its requirements, each by that name or by the one that MLmodel says.
     *
     * @throws FarolException {@code ENVIRONMENT_UNRESOLVABLE} when there is none of them
     */
    public Definition environment() throws IOException {
        for (String name : description.named("conda")) {
            if (present(name)) {
                return definition(name, Definition.Form.CONDA);
            }
        }
        for (String name : description.named("virtualenv")) {
            if (present(name)) {
                return definition(name, Definition.Form.PYTHON_ENV);
            }
        }
        throw new FarolException(
                ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                "The model '"
                        + label
                        + "' has neither conda.yaml nor python_env.yaml, so that its packages are"
                        + " not known. Give the deployment an environment, or save the model with"
                        + " pip_requirements or conda_env");
    }

    private boolean present(String name) {
        return Files.isRegularFile(folder.resolve(name));
    }

    private Definition definition(String name, Definition.Form form) throws IOException {
        var files = new TreeMap<String, String>();
        try (Stream<Path> beside = Files.list(folder)) {
            for (Path each : (Iterable<Path>) beside::iterator) {
                String called = each.getFileName().toString();
                if (TEXTS.matcher(called).matches()
                        && Files.isRegularFile(each)
                        && Files.size(each) <= LARGEST) {
                    files.put(called, Texts.read(each, label + "/" + called));
                }
            }
        }
        String source = label + "/" + name;
        return new Definition(Texts.read(folder.resolve(name), source), source, form, files, true);
    }

    /**
     * Checks that an environment can load the model at all.
     *
     * @param source what the lock was made of, for messages
     * @throws FarolException {@code ENVIRONMENT_UNRESOLVABLE} when it has no mlflow
     */
    public void requireMlflow(Lock lock, String source) {
        if (lock.requirements().stream().noneMatch(PyfuncModel::isMlflow)) {
            throw new FarolException(
                    ErrorCode.ENVIRONMENT_UNRESOLVABLE,
                    source
                            + ": no package of this environment brings mlflow, which loads the"
                            + " model '"
                            + label
                            + "' (expected: a line "
                            + description.mlflow()
                            + ")");
        }
    }

    private static boolean isMlflow(String requirement) {
        return BRINGS_MLFLOW.matcher(requirement).matches();
    }
}
