package dev.farol.control.reconcile;

import dev.farol.control.model.AssetVersion;
import dev.farol.environment.Environments.Ran;
import dev.farol.environment.Lock;
import dev.farol.environment.PythonEnvironment;
import dev.farol.kit.Json;
import dev.farol.mlflow.OnnxConversion;
import dev.farol.mlflow.PyfuncModel;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.databind.JsonNode;

/**
 * Models of scikit-learn, XGBoost and LightGBM as ONNX: converted once in an environment of the
 * model's own packages and the converters', and only where the answers agree. Both ends are kept
 * with the model, so that nothing is tried twice.
 */
final class Conversion {
    private static final Duration LIMIT = Duration.ofMinutes(10);
    private static final String REPORT = "conversion.json";

    private final EnvironmentBuilds environments;
    private final AssetFolders assets;
    private final Consumer<String> progress;

    Conversion(EnvironmentBuilds environments, AssetFolders assets, Consumer<String> progress) {
        this.environments = environments;
        this.assets = assets;
        this.progress = progress;
    }

    /**
     * How it ended.
     *
     * @param model the ONNX file; null when the model stays in Python
     * @param reason one sentence
     */
    record Result(@Nullable Path model, String reason) {}

    /** Why there is no result that would be worth keeping. */
    private static final class Undone extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Undone(String reason) {
            super(reason, null, false, false);
        }
    }

    /**
     * @param environment the deployment's own; null when the model's files say what it needs
     */
    Result of(
            ResourceId deployment,
            AssetVersion version,
            @Nullable ResourceId environment,
            PyfuncModel model)
            throws IOException, InterruptedException {
        if (environment != null) {
            return new Result(
                    null,
                    "The deployment has an environment of its own; only one that the model's"
                            + " files describe can be extended by the converters.");
        }
        if (OnnxConversion.FLAVORS.stream().noneMatch(model.flavors()::contains)) {
            return new Result(
                    null,
                    "Its flavours are "
                            + String.join(", ", model.flavors())
                            + ", of which none can be converted ("
                            + String.join(", ", OnnxConversion.FLAVORS)
                            + " can).");
        }
        try {
            Lock lock =
                    environments.lockOf(
                            deployment,
                            version.id(),
                            model.environment().with(OnnxConversion.PACKAGES),
                            progress);
            String key = lock.key() + "-" + OnnxConversion.VERSION;
            return read(assets.made(version, key, folder -> convert(lock, model, folder)));
        } catch (Undone undone) {
            return new Result(null, String.valueOf(undone.getMessage()));
        } catch (FarolException refused) {
            if (refused.code().retryable()) {
                throw refused;
            }
            return new Result(
                    null,
                    "The converters and the model's packages do not go together: "
                            + refused.problem().message());
        }
    }

    private void convert(Lock lock, PyfuncModel model, Path folder) throws IOException {
        Files.createDirectories(folder);
        Path script = folder.resolve(OnnxConversion.NAME);
        OnnxConversion.write(script);
        try {
            PythonEnvironment environment = environments.build(lock, progress);
            progress.accept("converting the model to ONNX and comparing the answers");
            Ran ran =
                    environments.run(
                            environment,
                            script,
                            List.of(model.folder().toString(), folder.toString()),
                            folder,
                            LIMIT,
                            message -> {});
            Files.writeString(folder.resolve(REPORT), report(ran));
            Files.delete(script);
        } catch (InterruptedException canceled) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("The conversion was canceled"));
        }
    }

    private static String report(Ran ran) {
        if (ran.timeOver()) {
            throw new Undone("The conversion took longer than " + LIMIT.toMinutes() + " minutes.");
        }
        String last = ran.output().lines().reduce("", (before, line) -> line);
        if (ran.code() != 0 || !last.startsWith("{")) {
            throw new Undone("The conversion ended with exit code " + ran.code() + ".");
        }
        return last;
    }

    private static Result read(Path folder) throws IOException {
        try {
            JsonNode report = Json.STRICT.readTree(Files.readString(folder.resolve(REPORT)));
            return new Result(
                    report.path("converted").asBoolean()
                            ? folder.resolve(OnnxConversion.MODEL)
                            : null,
                    report.path("reason").asString(""));
        } catch (JacksonException broken) {
            throw new IOException(folder + " holds no report of the conversion", broken);
        }
    }
}
