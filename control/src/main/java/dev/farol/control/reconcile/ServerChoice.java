package dev.farol.control.reconcile;

import dev.farol.control.model.AssetVersion;
import dev.farol.control.model.NativeLane;
import dev.farol.control.model.OnlineDeployment;
import dev.farol.control.model.StatusDocument.Server;
import dev.farol.mlflow.PyfuncModel;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ReplicaSpec.NativeModel.Kind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** What serves a deployment: chosen from what the deployment has, and what its model is. */
sealed interface ServerChoice {
    Server server();

    /** The deployment's own scoring script, in Python workers. */
    record Scripted(Server server) implements ServerChoice {}

    /** Farol's scoring script for MLflow models, in Python workers. */
    record Mlflow(PyfuncModel model, Server server) implements ServerChoice {}

    /** The replica itself. */
    record Native(Kind kind, String name, Path path, Server server) implements ServerChoice {}

    /** Below this a model's folder is not looked through for an ONNX file. */
    int LISTED = 10_000;

    /**
     * @param model the folder that AZUREML_MODEL_DIR would say; null without a model
     * @throws FarolException {@code NOT_SUPPORTED} for what no server of Farol serves
     */
    static ServerChoice of(OnlineDeployment deployment, Sources sources, @Nullable Path model)
            throws IOException {
        if (sources.script() != null) {
            return new Scripted(new Server("python", "The deployment has a scoring script."));
        }
        AssetVersion version = Objects.requireNonNull(sources.model()).version();
        Path folder = Objects.requireNonNull(model);
        refuseEnvironment(deployment, version);
        return switch (version.type().toLowerCase(Locale.ROOT)) {
            case "mlflow_model" ->
                    mlflow(deployment, version, PyfuncModel.read(folder, version.label()));
            case "triton_model" ->
                    new Native(
                            Kind.TRITON,
                            name(version),
                            folder,
                            new Server(
                                    "triton",
                                    "The model is of type triton_model, and the deployment has no"
                                            + " scoring script."));
            default -> custom(version, folder);
        };
    }

    /** One that MLflow saved from ONNX needs no Python, unless the deployment says otherwise. */
    private static ServerChoice mlflow(
            OnlineDeployment deployment, AssetVersion version, PyfuncModel model) {
        Object data = model.description().flavors().getOrDefault("onnx", Map.of()).get("data");
        String why = "The model is of type mlflow_model, and the deployment has no scoring script";
        if (data instanceof String file) {
            Path path = model.folder().resolve(file).normalize();
            if (deployment.environment() != null) {
                why += "; its flavour onnx is left to MLflow because an environment is given";
            } else if (NativeLane.of(deployment) == NativeLane.OFF) {
                why +=
                        "; its flavour onnx is left to MLflow because "
                                + NativeLane.VARIABLE
                                + " is off";
            } else if (!path.startsWith(model.folder()) || !Files.isRegularFile(path)) {
                why += "; its flavour onnx is left to MLflow because " + file + " is no file of it";
            } else {
                return new Native(
                        Kind.ONNX,
                        name(version),
                        path,
                        new Server(
                                "onnxruntime",
                                "The model is of type mlflow_model with the flavour onnx ("
                                        + file
                                        + "), and the deployment has neither a scoring script nor"
                                        + " an environment; "
                                        + NativeLane.VARIABLE
                                        + "=off has MLflow serve it."));
            }
        }
        return new Mlflow(model, new Server("mlflow", why + "."));
    }

    private static ServerChoice custom(AssetVersion version, Path folder) throws IOException {
        List<String> files =
                AssetFolders.listing(folder, LISTED).stream()
                        .filter(file -> file.toLowerCase(Locale.ROOT).endsWith(".onnx"))
                        .toList();
        if (files.size() == 1) {
            return new Native(
                    Kind.ONNX,
                    name(version),
                    folder.resolve(files.getFirst()),
                    new Server(
                            "onnxruntime",
                            "The model is the ONNX file "
                                    + files.getFirst()
                                    + ", and the deployment has no scoring script."));
        }
        throw new FarolException(
                ErrorCode.NOT_SUPPORTED,
                "/properties/codeConfiguration",
                "The model '"
                        + version.label()
                        + "' of type custom_model holds "
                        + (files.isEmpty()
                                ? "no .onnx file"
                                : files.size() + " .onnx files: " + String.join(", ", files))
                        + ", so that Farol does not know how to serve it (expected:"
                        + " code_configuration with a scoring script and an environment, or exactly"
                        + " one .onnx file, or a model of type mlflow_model or triton_model)");
    }

    /** Azure starts the environment's image, which is to hold a server of its own. */
    private static void refuseEnvironment(OnlineDeployment deployment, AssetVersion version) {
        if (deployment.environment() != null && !version.type().equalsIgnoreCase("mlflow_model")) {
            throw new FarolException(
                    ErrorCode.NOT_SUPPORTED,
                    "/properties/environmentId",
                    "An environment without a scoring script, as custom containers have it, is not"
                            + " offered (expected: code_configuration with a scoring script, or no"
                            + " environment, then Farol chooses the server by the model's type)");
        }
    }

    private static String name(AssetVersion version) {
        return version.id().parent().orElseThrow().name();
    }
}
