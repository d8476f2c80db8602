package dev.farol.mlflow;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/**
 * The file {@code MLmodel}.
 *
 * @param source how messages call it
 * @param flavors by name, each with what it says
 * @param mlflow the requirement of the MLflow that wrote it, {@code mlflow==3.1.0}
 */
public record Description(String source, Map<String, Map<?, ?>> flavors, String mlflow) {
    private static final String PYFUNC = "python_function";

    /** What names a file or a folder of the model. */
    private static final Set<String> PATHS =
            Set.of(
                    "data",
                    "model_path",
                    "model_data",
                    "model_binary",
                    "python_model",
                    "pickled_model",
                    "code",
                    "path",
                    "env",
                    "conda",
                    "virtualenv");

    /** Those of the flavour {@code python_function} that are loaded. */
    private static final List<String> LOADED = List.of("data", "model_path", "python_model");

    private static final Pattern ABSOLUTE = Pattern.compile("[/\\\\~].*|[A-Za-z]:[/\\\\].*");

    /**
     * @throws FarolException {@code INVALID_ARGUMENT} with what is wrong and where
     */
    static Description read(String text, String source) {
        Object root = parsed(text, source);
        if (!(root instanceof Map<?, ?> document)
                || !(document.get("flavors") instanceof Map<?, ?> said)
                || said.isEmpty()) {
            throw wrong(
                    source,
                    " has no 'flavors', which say how the model is loaded (expected: the file that"
                            + " MLflow writes when it saves a model)");
        }
        var flavors = new TreeMap<String, Map<?, ?>>();
        said.forEach(
                (name, flavor) ->
                        flavors.put(
                                String.valueOf(name),
                                flavor instanceof Map<?, ?> mapping ? mapping : Map.of()));
        if (!flavors.containsKey(PYFUNC)
                || !(flavors.get(PYFUNC).get("loader_module") instanceof String)) {
            throw new FarolException(
                    ErrorCode.NOT_SUPPORTED,
                    source,
                    source
                            + (flavors.containsKey(PYFUNC)
                                    ? " does not say the loader_module of its flavour"
                                            + " python_function"
                                    : " has no flavour python_function, only "
                                            + String.join(", ", flavors.keySet()))
                            + ". Without code only models of that flavour are served: save the"
                            + " model with mlflow.pyfunc or a flavour that adds it, or give the"
                            + " deployment a scoring script");
        }
        refuseOutside(flavors, source, "flavors");
        Object version = document.get("mlflow_version");
        return new Description(
                source,
                flavors,
                version instanceof String number && number.matches("[0-9][0-9a-z.]*")
                        ? "mlflow==" + number
                        : "mlflow");
    }

    private static Object parsed(String text, String source) {
        try {
            return new Load(LoadSettings.builder().setAllowDuplicateKeys(true).build())
                    .loadFromString(text);
        } catch (MarkedYamlEngineException broken) {
            String line =
                    broken.getProblemMark().map(mark -> ":" + (mark.getLine() + 1)).orElse("");
            throw wrong(source + line, " is not YAML: " + broken.getProblem());
        } catch (YamlEngineException broken) {
            throw wrong(source, " is not YAML: " + broken.getMessage());
        }
    }

    /** A model comes from somewhere else: nothing in it may name what lies outside of it. */
    private static void refuseOutside(Map<?, ?> mapping, String source, String at) {
        mapping.forEach(
                (key, value) -> {
                    String name = String.valueOf(key);
                    String place = at + "." + name;
                    if (value instanceof Map<?, ?> inner) {
                        refuseOutside(inner, source, place);
                    } else if (value instanceof String text && leadsOutside(name, text)) {
                        throw wrong(
                                source,
                                ": '"
                                        + place
                                        + "' is '"
                                        + text
                                        + "' (expected: a path inside of the model's folder)");
                    }
                });
    }

    private static boolean leadsOutside(String name, String text) {
        if (!PATHS.contains(name)) {
            return false;
        }
        return ABSOLUTE.matcher(text).matches()
                || List.of(text.split("[/\\\\]", -1)).contains("..");
    }

    /**
     * @throws FarolException {@code MODEL_UNAVAILABLE} when a file that it names is not there
     */
    void requireFiles(Path folder) {
        Map<?, ?> pyfunc = flavors.getOrDefault(PYFUNC, Map.of());
        var named = new ArrayList<String>();
        for (String key : LOADED) {
            if (pyfunc.get(key) instanceof String path) {
                named.add(path);
            }
        }
        if (pyfunc.get("artifacts") instanceof Map<?, ?> artifacts) {
            artifacts.forEach(
                    (name, artifact) -> {
                        if (artifact instanceof Map<?, ?> one
                                && one.get("path") instanceof String path) {
                            named.add(path);
                        }
                    });
        }
        for (String path : named) {
            if (!Files.exists(folder.resolve(path))) {
                throw new FarolException(
                        ErrorCode.MODEL_UNAVAILABLE,
                        "/properties/model",
                        source
                                + " names '"
                                + path
                                + "', which is not among the model's files. Register the whole"
                                + " folder that MLflow saved");
            }
        }
    }

    /** Names that a file of the environment may have: the usual one, and what MLmodel says. */
    Set<String> named(String kind) {
        var names = new LinkedHashSet<String>();
        names.add(kind.equals("conda") ? "conda.yaml" : "python_env.yaml");
        Object env = flavors.getOrDefault(PYFUNC, Map.of()).get("env");
        if (env instanceof String name && kind.equals("conda")) {
            names.add(name);
        } else if (env instanceof Map<?, ?> kinds && kinds.get(kind) instanceof String name) {
            names.add(name);
        }
        return names;
    }

    private static FarolException wrong(String place, String message) {
        return new FarolException(ErrorCode.INVALID_ARGUMENT, place, place + message);
    }
}
