package dev.farol.control.reconcile;

import dev.farol.control.model.AssetLocation;
import dev.farol.control.model.AssetReference;
import dev.farol.control.model.AssetVersion;
import dev.farol.control.model.Datastore;
import dev.farol.control.model.OnlineDeployment;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import dev.farol.store.ResourceStore;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What a deployment refers to, found: its registered versions and where their bytes lie.
 *
 * @param model null when the deployment has none
 * @param script null when the model is all that there is
 * @param environment null when the model's own files say what it needs
 */
record Sources(@Nullable Asset model, @Nullable Script script, @Nullable ResourceId environment) {
    /** The code folder, and the scoring script relative to it. */
    record Script(Asset code, String name) {}

    /** A version and its place in the object store. */
    record Asset(AssetVersion version, AssetLocation location) {}

    /**
     * @throws FarolException with every violation at once
     */
    static Sources of(OnlineDeployment deployment, ResourceStore resources) {
        return new Search(deployment, resources).run();
    }

    private static final class Search {
        private final OnlineDeployment deployment;
        private final ResourceStore resources;
        private final ResourceId workspace;
        private final List<Problem> problems = new ArrayList<>();

        Search(OnlineDeployment deployment, ResourceStore resources) {
            this.deployment = deployment;
            this.resources = resources;
            this.workspace = deployment.id().workspaceId();
        }

        Sources run() {
            Asset model =
                    deployment.model() == null
                            ? null
                            : asset("/properties/model", deployment.model(), "models");
            boolean scripted = deployment.code() != null || deployment.scoringScript() != null;
            Script script = scripted ? script() : null;
            if (!scripted && deployment.model() == null) {
                missing(
                        "/properties/codeConfiguration",
                        "there is nothing to serve (expected: code_configuration with a scoring"
                                + " script, or a model of type mlflow_model or triton_model, or one"
                                + " with an .onnx file)");
            }
            if (scripted && deployment.environment() == null) {
                missing(
                        "/properties/environmentId",
                        "a scoring script needs an environment (expected: a version of one)");
            }
            Resource environment =
                    version("/properties/environmentId", deployment.environment(), "environments");
            if (!problems.isEmpty()) {
                throw new FarolException(Problem.all(problems.getFirst().code(), problems));
            }
            return new Sources(model, script, environment == null ? null : environment.id());
        }

        private @Nullable Script script() {
            String name = deployment.scoringScript();
            if (name == null) {
                missing(
                        "/properties/codeConfiguration/scoringScript",
                        "the name of the scoring script is missing");
            }
            if (deployment.code() == null) {
                missing("/properties/codeConfiguration/codeId", "the code is missing");
            }
            Asset code = asset("/properties/codeConfiguration/codeId", deployment.code(), "codes");
            return code == null || name == null ? null : new Script(code, name);
        }

        private void missing(String target, String message) {
            problems.add(Problem.at(ErrorCode.NOT_SUPPORTED, target, message));
        }

        private @Nullable Asset asset(String target, @Nullable String reference, String type) {
            Resource resource = version(target, reference, type);
            if (resource == null) {
                return null;
            }
            Function<Resource, AssetVersion> read =
                    type.equals("models") ? AssetVersion::model : AssetVersion::code;
            try {
                AssetVersion version = read.apply(resource);
                return new Asset(
                        version, AssetLocation.of(version.uri(), workspace, this::container));
            } catch (FarolException refused) {
                problems.add(Problem.at(refused.code(), target, refused.problem().message()));
                return null;
            }
        }

        private @Nullable Resource version(String target, @Nullable String reference, String type) {
            if (reference == null) {
                return null;
            }
            try {
                return find(AssetReference.resolve(reference, type, workspace));
            } catch (FarolException refused) {
                problems.add(Problem.at(refused.code(), target, refused.problem().message()));
                return null;
            }
        }

        private Resource find(ResourceId id) {
            return resources
                    .find(id)
                    .orElseThrow(
                            () ->
                                    new FarolException(
                                            ErrorCode.RESOURCE_NOT_FOUND,
                                            "'" + id + "' does not exist"));
        }

        private String container(ResourceId datastore) {
            return Datastore.container(find(datastore));
        }
    }
}
