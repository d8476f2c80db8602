package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmAnswer;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.doc.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Makes an environment version of a checked definition. A conda file is sent as it is written, so
 * that an error can name the line in the user's own file.
 */
public final class EnvironmentVersion {
    private static final String ANONYMOUS = "CliV2AnonymousEnvironment";

    private final Arm arm;
    private final Scope scope;

    public EnvironmentVersion(Arm arm, Scope scope) {
        this.arm = arm;
        this.scope = scope;
    }

    /** The version as the service answers it. Without a name it is named by its content. */
    public ArmAnswer create(Object definition) {
        String given = Tree.text(definition, "name");
        String name = given == null ? ANONYMOUS : given;
        String api = scope.api(Versions.ENVIRONMENT);
        Map<String, @Nullable Object> properties = properties(definition, given == null);
        String version = Tree.text(definition, "version");
        Object path = Tree.at(definition, "build", "path");
        LocalFiles context = path instanceof Path folder ? LocalFiles.of(folder) : null;
        if (given == null) {
            Map<String, @Nullable Object> identity = new LinkedHashMap<>(properties);
            identity.put("context", context == null ? path : context.treeHash());
            identity.put("dockerfile", Tree.at(definition, "build", "dockerfile_path"));
            identity.values().removeIf(Objects::isNull);
            version = ContentHash.ofText(JsonText.compact(Tree.sorted(identity)));
        } else if (version == null) {
            version = Assets.nextVersion(arm, scope.path() + "/environments/" + name, api);
        }
        String target = "/environments/" + name + "/versions/" + version;
        if (path != null) {
            properties.put("build", build(definition, path, context, target, name, version));
        }
        return arm.put(scope.path() + target, api, Tree.of("properties", properties));
    }

    private Map<String, @Nullable Object> build(
            Object definition,
            Object path,
            @Nullable LocalFiles context,
            String target,
            String name,
            String version) {
        String uri =
                context == null
                        ? path.toString()
                        : new Uploads(arm, scope)
                                        .send(
                                                context,
                                                target,
                                                name,
                                                version,
                                                Tree.text(definition, "datastore"))
                                        .url()
                                + "/";
        String file = Tree.text(definition, "build", "dockerfile_path");
        return Tree.of("contextUri", uri, "dockerfilePath", file == null ? "Dockerfile" : file);
    }

    private static Map<String, @Nullable Object> properties(Object definition, boolean anonymous) {
        Map<String, @Nullable Object> properties =
                Tree.of("isAnonymous", anonymous, "isArchived", false);
        ModelVersion.copy(definition, "description", properties, "description");
        ModelVersion.copy(definition, "tags", properties, "tags");
        ModelVersion.copy(definition, "properties", properties, "properties");
        switch (Tree.at(definition, "conda_file")) {
            case Path file -> properties.put("condaFile", text(file));
            case String text -> properties.put("condaFile", text);
            case Map<?, ?> content -> properties.put("condaFile", YamlText.of(content));
            case null, default -> {}
        }
        ModelVersion.copy(definition, "image", properties, "image");
        ModelVersion.copy(definition, "os_type", properties, "osType");
        Object routes = Tree.at(definition, "inference_config");
        if (routes != null) {
            properties.put(
                    "inferenceConfig",
                    Tree.of(
                            "livenessRoute", Tree.at(routes, "liveness_route"),
                            "readinessRoute", Tree.at(routes, "readiness_route"),
                            "scoringRoute", Tree.at(routes, "scoring_route")));
        }
        return properties;
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + unreadable.getMessage());
        }
    }
}
