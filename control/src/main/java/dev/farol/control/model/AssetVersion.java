package dev.farol.control.model;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.store.Resource;

/**
 * A version of a model or of code (contracts §1.11).
 *
 * @param type {@code custom_model}, {@code mlflow_model} or {@code triton_model}; empty for code
 * @param uri where its bytes lie, as it was written
 * @param key names its content on this machine: another registration has another key; lower-case
 *     hex
 */
public record AssetVersion(ResourceId id, String type, String uri, String key) {
    private static final int KEY_LENGTH = 24;

    /** Reads a model version. */
    public static AssetVersion model(Resource resource) {
        return of(resource, "modelUri", "custom_model");
    }

    /** Reads a code version. */
    public static AssetVersion code(Resource resource) {
        return of(resource, "codeUri", "");
    }

    /** {@code name:version}, as users call it. */
    public String label() {
        return id.parent().map(ResourceId::name).orElse("") + ":" + id.name();
    }

    private static AssetVersion of(Resource resource, String field, String type) {
        Fields properties = new Fields(resource.spec()).at("properties");
        String uri = properties.text(field);
        if (uri == null) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "/properties/" + field,
                    "'" + resource.id() + "' does not say where its files are");
        }
        String key =
                Digests.hex(resource.id().key(), uri, resource.createdAt().toString())
                        .substring(0, KEY_LENGTH);
        return new AssetVersion(resource.id(), properties.text("modelType", type), uri, key);
    }
}
