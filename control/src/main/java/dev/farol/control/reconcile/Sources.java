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
 */
record Sources(@Nullable Asset model, Asset code, String scoringScript, ResourceId environment) {
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
            refuseModelAlone();
            Asset model =
                    deployment.model() == null
                            ? null
                            : asset("/properties/model", deployment.model(), "models");
            Asset code =
                    asset(
                            "/properties/codeConfiguration/codeId",
                            required(
                                    "/properties/codeConfiguration/codeId",
                                    deployment.code(),
                                    "a deployment without code is not supported yet"),
                            "codes");
            String script =
                    required(
                            "/properties/codeConfiguration/scoringScript",
                            deployment.scoringScript(),
                            "the name of the scoring script is missing");
            Resource environment =
                    version(
                            "/properties/environmentId",
                            required(
                                    "/properties/environmentId",
                                    deployment.environment(),
                                    "a deployment without environment is not supported yet"),
                            "environments");
            if (!problems.isEmpty() || code == null || script == null || environment == null) {
                throw new FarolException(Problem.all(problems.getFirst().code(), problems));
            }
            return new Sources(model, code, script, environment.id());
        }

        /** As Azure serves models of MLflow and Triton: nothing given but the model. */
        private void refuseModelAlone() {
            if (deployment.code() == null
                    && deployment.scoringScript() == null
                    && deployment.environment() == null) {
                throw new FarolException(
                        ErrorCode.NOT_SUPPORTED,
                        "/properties/codeConfiguration",
                        "A deployment of a model alone, as MLflow and Triton models have it, is not"
                                + " offered by this version of Farol yet (expected:"
                                + " code_configuration with a scoring script, and environment)");
            }
        }

        private @Nullable String required(String target, @Nullable String value, String otherwise) {
            if (value == null) {
                problems.add(Problem.at(ErrorCode.NOT_SUPPORTED, target, otherwise));
            }
            return value;
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
