package dev.farol.cli.asset;

import dev.farol.cli.arm.Arm;
import dev.farol.cli.arm.ArmAnswer;
import dev.farol.cli.arm.Versions;
import dev.farol.cli.doc.Tree;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Makes a version of a command component: the definition goes along whole, with its code and
 * environment as ids of versions.
 */
public final class ComponentVersion {
    private static final List<String> AS_WRITTEN =
            List.of(
                    "name",
                    "display_name",
                    "description",
                    "tags",
                    "command",
                    "distribution",
                    "resources",
                    "limits",
                    "environment_variables");

    private final Arm arm;
    private final Scope scope;

    public ComponentVersion(Arm arm, Scope scope) {
        this.arm = arm;
        this.scope = scope;
    }

    /** The version as the service answers it. */
    public ArmAnswer create(Object definition) {
        String name = Tree.textOr(definition, "name", "");
        String api = scope.api(Versions.COMPONENT);
        String version = Assets.version(arm, definition, scope.path() + "/components/" + name, api);
        Map<String, @Nullable Object> properties =
                Tree.of(
                        "componentSpec",
                        specification(definition, version),
                        "isAnonymous",
                        false,
                        "isArchived",
                        false,
                        "properties",
                        Tree.map(definition, "properties"),
                        "tags",
                        Tree.map(definition, "tags"));
        ModelVersion.copy(definition, "description", properties, "description");
        return arm.put(
                scope.path() + "/components/" + name + "/versions/" + version,
                api,
                Tree.of("properties", properties));
    }

    private Map<String, @Nullable Object> specification(Object definition, String version) {
        Map<String, @Nullable Object> specification =
                Tree.of("type", "command", "version", version, "_source", "YAML.COMPONENT");
        for (String key : AS_WRITTEN) {
            ModelVersion.copy(definition, key, specification, key);
        }
        Object deterministic = Tree.at(definition, "is_deterministic");
        specification.put("is_deterministic", deterministic == null || deterministic.equals(true));
        specification.put("inputs", ports(Tree.map(definition, "inputs")));
        specification.put("outputs", ports(Tree.map(definition, "outputs")));
        var assets = new Assets(arm);
        Object code = Tree.at(definition, "code");
        if (code != null) {
            specification.put("code", "azureml:" + assets.code(code));
        }
        Object environment = Tree.at(definition, "environment");
        if (environment != null) {
            String id = assets.environment(environment);
            specification.put("environment", id.startsWith("/") ? "azureml:" + id : id);
        }
        return specification;
    }

    /** Values of inputs are text on the wire, whatever they are in YAML. */
    private static Map<String, @Nullable Object> ports(Map<String, @Nullable Object> given) {
        Map<String, @Nullable Object> ports = Tree.of();
        given.forEach(
                (name, port) -> {
                    Map<String, @Nullable Object> written = Tree.map(port);
                    for (String key : List.of("default", "min", "max")) {
                        Object value = written.get(key);
                        if (value instanceof Boolean flag) {
                            written.put(key, flag ? "True" : "False");
                        } else if (value instanceof Number) {
                            written.put(key, value.toString());
                        }
                    }
                    ports.put(name, written);
                });
        return ports;
    }
}
