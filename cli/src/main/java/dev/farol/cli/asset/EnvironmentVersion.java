package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmFailed;
import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.JsonText;
import dev.farol.cli.doc.Tree;
import dev.farol.cli.doc.YamlText;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes an environment version of a checked definition. A conda file is sent as it is written, so
 * that an error can name the line in the user's own file.
 */
public final class EnvironmentVersion {
    private static final String ANONYMOUS = "CliV2AnonymousEnvironment";

    private final Arm arm;

    public EnvironmentVersion(Arm arm) {
        this.arm = arm;
    }

    /** The version as the service answers it. Without a name it is named by its content. */
    public @Nullable Object create(Object definition) {
        String given = Tree.text(definition, "name");
        Map<String, @Nullable Object> properties = properties(definition, given == null);
        String name = given == null ? ANONYMOUS : given;
        String version = Tree.text(definition, "version");
        if (given == null) {
            version = LocalFiles.sha256(JsonText.compact(Tree.sorted(properties)));
        } else if (version == null) {
            version = next(name);
        }
        return arm.put(
                        "/environments/" + name + "/versions/" + version,
                        Versions.ENVIRONMENT,
                        Tree.of("properties", properties))
                .body();
    }

    private String next(String name) {
        try {
            Object container = arm.get("/environments/" + name, Versions.ENVIRONMENT).body();
            String next = Tree.text(container, "properties", "nextVersion");
            return next == null ? "1" : next;
        } catch (ArmFailed failed) {
            if (failed.status() == 404) {
                return "1";
            }
            throw failed;
        }
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
