package dev.farol.cli.verb;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmFailed;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.asset.Assets;
import dev.farol.cli.asset.Download;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.doc.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment on this machine is made of, as files of this machine: those of the definition
 * as they are, those of a running Farol as they come.
 */
final class LocalAssets {
    private static final String MLFLOW = "mlflow_model";

    private final Invocation in;
    private final Map<String, @Nullable Object> values;
    private final Path folder;

    /**
     * @param folder of the deployment; what comes from a Farol goes there
     */
    LocalAssets(Invocation in, Map<String, @Nullable Object> values, Path folder) {
        this.in = in;
        this.values = values;
        this.folder = folder;
    }

    /** An environment's conda file, and how messages call it. */
    record Conda(@Nullable String text, String label) {}

    /** The code folder; null for an MLflow model that is all that there is. */
    @Nullable Path code() {
        Object code = Tree.at(values, "code_configuration", "code");
        if (code instanceof Path here) {
            return here;
        }
        if (code == null && modelType().equals(MLFLOW)) {
            return null;
        }
        if (code == null) {
            throw CommandFailed.failed(
                    "code_configuration: a local deployment runs a scoring script (expected: code"
                            + " and scoring_script, or a model of type mlflow_model). Other models"
                            + " alone cannot be deployed locally.");
        }
        Path target = folder.resolve("code");
        downloaded("code_configuration.code", code, "codeUri", target);
        try (Stream<Path> inside = Files.list(target)) {
            List<Path> all = inside.toList();
            return all.size() == 1 && Files.isDirectory(all.getFirst()) ? all.getFirst() : target;
        } catch (IOException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + unreadable.getMessage());
        }
    }

    /** Said by the definition, or by the Farol where the model is registered. */
    private String modelType() {
        Object model = Tree.at(values, "model");
        if (model == null || model instanceof Path) {
            return "";
        }
        if (model instanceof Map<?, ?>) {
            Object path = Tree.at(model, "path");
            return path instanceof Path || Tree.at(model, "type") != null
                    ? Tree.textOr(model, "type", "")
                    : type(path);
        }
        return type(model);
    }

    private String type(@Nullable Object reference) {
        String type =
                Tree.text(version("model", String.valueOf(reference)), "properties", "modelType");
        return type == null ? "" : type;
    }

    /** A folder in which the model lies under its own name; null when there is no model. */
    @Nullable Path model() {
        Object model = Tree.at(values, "model");
        if (model == null) {
            return null;
        }
        Path target = folder.resolve("model");
        Object path = model instanceof Map<?, ?> ? Tree.at(model, "path") : model;
        if (!(path instanceof Path here)) {
            downloaded("model", path, "modelUri", target);
            return target;
        }
        try {
            Files.createDirectories(target);
            Files.createSymbolicLink(target.resolve(here.getFileName()), here.toRealPath());
            return target;
        } catch (IOException unwritable) {
            throw CommandFailed.failed("Cannot be written: " + unwritable.getMessage());
        }
    }

    /** Null when the files of an MLflow model say it. */
    @Nullable Conda environment() {
        Object environment = Tree.at(values, "environment");
        if (environment == null && code() == null) {
            return null;
        }
        if (environment == null) {
            throw CommandFailed.failed(
                    "environment: a local deployment needs one (expected: conda_file, or a"
                            + " reference to a registered environment)");
        }
        if (!(environment instanceof Map<?, ?>)) {
            Object found = version("environment", environment);
            if (Tree.at(found, "properties", "build") != null) {
                throw docker();
            }
            return new Conda(Tree.text(found, "properties", "condaFile"), environment.toString());
        }
        if (Tree.at(environment, "build") != null) {
            throw docker();
        }
        return switch (Tree.at(environment, "conda_file")) {
            case Path file -> new Conda(text(file), file.toString());
            case String text -> new Conda(text, "environment.conda_file");
            case Map<?, ?> content -> new Conda(YamlText.of(content), "environment.conda_file");
            case null, default -> new Conda(null, "environment");
        };
    }

    private static CommandFailed docker() {
        return CommandFailed.failed(
                "environment.build: a Dockerfile is not built locally (expected: conda_file)");
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + unreadable.getMessage());
        }
    }

    private void downloaded(String key, @Nullable Object reference, String field, Path target) {
        Object found = version(key, String.valueOf(reference));
        String uri = Tree.text(found, "properties", field);
        if (uri == null) {
            throw CommandFailed.failed(
                    key + ": '" + reference + "' does not say where its files are");
        }
        new Download(in.arm()).to(target, uri);
    }

    private @Nullable Object version(String key, Object reference) {
        String text = reference.toString();
        Arm arm;
        try {
            arm = in.arm();
        } catch (CommandFailed nothingRuns) {
            throw CommandFailed.failed(
                    key
                            + ": '"
                            + text
                            + "' is registered, and only a running Farol knows what it is:"
                            + " start it with farol up --detach, or name files of this machine"
                            + " in the definition");
        }
        var assets = new Assets(arm);
        try {
            return switch (key) {
                case "model" -> arm.get(assets.model(text), Versions.MODEL).body();
                case "environment" ->
                        arm.get(assets.environment(text), Versions.ENVIRONMENT).body();
                default -> arm.get(assets.code(text), Versions.CODE).body();
            };
        } catch (ArmFailed missing) {
            throw new CommandFailed(
                    missing.exitCode(), key + ": '" + text + "': " + missing.getMessage());
        }
    }
}
