package dev.farol.control.model;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a deployment names a model, code or environment version (contracts §1.11). */
public final class AssetReference {
    private static final Pattern WORKSPACE_FORM =
            Pattern.compile(
                    "azureml://locations/[^/]+/workspaces/[^/]+/([^/]+)/([^/]+)/versions/([^/]+)/?",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern REGISTRY_FORM =
            Pattern.compile(
                    "azureml://registries/([^/]+)/([^/]+)/([^/]+)/versions/([^/]+)/?",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern SHORT_FORM = Pattern.compile("azureml:([^/:@]+):([^/:@]+)");

    private AssetReference() {}

    /**
     * The version resource that {@code text} means, as seen from {@code workspace}.
     *
     * @param type what is expected: {@code models}, {@code codes} or {@code environments}
     * @throws FarolException {@code INVALID_ARGUMENT} for what is no reference to a version of that
     *     type
     */
    public static ResourceId resolve(String text, String type, ResourceId workspace) {
        ResourceId id = id(text, type, workspace);
        if (!id.kind().equalsIgnoreCase(type + "/versions")) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + text + "' is not a version of one of the workspace's " + type);
        }
        return id;
    }

    /** The spelling of an asset of a registry: {@code azureml://registries/…}. */
    public static String registryForm(ResourceId id) {
        var text = new StringBuilder("azureml://registries/").append(id.workspace());
        for (ResourceId.Segment segment : id.path()) {
            text.append('/').append(segment.type()).append('/').append(segment.name());
        }
        return text.toString();
    }

    private static ResourceId id(String text, String type, ResourceId workspace) {
        Matcher far = WORKSPACE_FORM.matcher(text);
        if (far.matches()) {
            return workspace.child(far.group(1), far.group(2)).child("versions", far.group(3));
        }
        Matcher shared = REGISTRY_FORM.matcher(text);
        if (shared.matches()) {
            return ResourceId.registry(shared.group(1))
                    .child(shared.group(2).toLowerCase(Locale.ROOT), shared.group(3))
                    .child("versions", shared.group(4));
        }
        Matcher brief = SHORT_FORM.matcher(text);
        if (brief.matches()) {
            return workspace.child(type, brief.group(1)).child("versions", brief.group(2));
        }
        boolean prefixed = text.regionMatches(true, 0, "azureml:/", 0, 9);
        return ResourceId.parse(prefixed ? text.substring("azureml:".length()) : text);
    }
}
