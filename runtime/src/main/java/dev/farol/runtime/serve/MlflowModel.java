package dev.farol.runtime.serve;

import dev.farol.kit.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * What MLflow's own file says of a model that lies in an MLflow model's folder.
 *
 * @param columns the names of its signature, in order; empty without a signature of columns
 * @param onnx whether MLflow itself would compute it as ONNX; else the file was made from a model
 *     of another flavour, and answers as that one does
 * @param refused what the model that it was made from does not take
 */
record MlflowModel(List<String> columns, boolean onnx, Refused refused) {
    /** The columns in which a missing value, or infinity, makes a model fail. */
    record Refused(Set<String> missing, Set<String> infinite) {
        static final Refused NOTHING = new Refused(Set.of(), Set.of());
    }

    private static final int LEVELS = 3;

    /** Null when the file is not part of an MLflow model. */
    static @Nullable MlflowModel around(Path file) throws IOException {
        Path folder = file.toAbsolutePath().getParent();
        for (int level = 0; level < LEVELS && folder != null; level++) {
            Path mlmodel = folder.resolve("MLmodel");
            if (Files.isRegularFile(mlmodel)) {
                return read(mlmodel);
            }
            folder = folder.getParent();
        }
        return null;
    }

    private static MlflowModel read(Path mlmodel) throws IOException {
        try {
            Object root =
                    new Load(LoadSettings.builder().build())
                            .loadFromString(Files.readString(mlmodel));
            if (!(root instanceof Map<?, ?> model)) {
                return new MlflowModel(List.of(), true, Refused.NOTHING);
            }
            boolean onnx =
                    !(model.get("flavors") instanceof Map<?, ?> flavors)
                            || flavors.containsKey("onnx");
            return new MlflowModel(columns(model), onnx, refused(model));
        } catch (YamlEngineException | JacksonException broken) {
            throw new IOException(mlmodel + " cannot be read: " + broken.getMessage(), broken);
        }
    }

    /** What the conversion noted. */
    private static Refused refused(Map<?, ?> model) {
        return model.get("farol_refused") instanceof Map<?, ?> noted
                ? new Refused(names(noted.get("missing")), names(noted.get("infinite")))
                : Refused.NOTHING;
    }

    private static Set<String> names(@Nullable Object list) {
        return list instanceof List<?> names
                ? names.stream().map(String::valueOf).collect(Collectors.toUnmodifiableSet())
                : Set.of();
    }

    private static List<String> columns(Map<?, ?> model) {
        if (model.get("signature") instanceof Map<?, ?> signature
                && signature.get("inputs") instanceof String inputs) {
            JsonNode columns = Json.TOLERANT.readTree(inputs);
            boolean named =
                    columns.valueStream()
                            .allMatch(
                                    column ->
                                            column.path("name").isString()
                                                    && !column.path("type")
                                                            .asString()
                                                            .equals("tensor"));
            return named
                    ? columns.valueStream().map(c -> c.path("name").asString()).toList()
                    : List.of();
        }
        return List.of();
    }
}
