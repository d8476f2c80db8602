package dev.farol.control.model;

import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/**
 * A version of an environment (contracts §1.11).
 *
 * @param condaFile its text; null when it has none
 * @param built whether an image is to be built from a folder with a Dockerfile
 */
public record EnvironmentVersion(ResourceId id, @Nullable String condaFile, boolean built) {
    public static EnvironmentVersion of(Resource resource) {
        Fields properties = new Fields(resource.spec()).at("properties");
        return new EnvironmentVersion(
                resource.id(), text(properties.at("condaFile").node()), has(properties, "build"));
    }

    /** How messages call it: {@code azureml:name:version}. */
    public String label() {
        return "azureml:" + id.parent().map(ResourceId::name).orElse("") + ":" + id.name();
    }

    /** Clients send the file as text; some send what the YAML means. */
    private static @Nullable String text(@Nullable JsonNode condaFile) {
        if (condaFile == null) {
            return null;
        }
        String text = condaFile.isString() ? condaFile.asString() : condaFile.toString();
        return text.isBlank() ? null : text;
    }

    private static boolean has(Fields properties, String name) {
        return properties.at(name).node() != null;
    }
}
