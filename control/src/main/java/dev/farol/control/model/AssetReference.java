package dev.farol.control.model;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How a deployment names a model, code or environment version (contracts §1.11). */
public final class AssetReference {
    private static final Pattern WORKSPACE_FORM =
            Pattern.compile(
                    "azureml://locations/[^/]+/workspaces/[^/]+/([^/]+)/([^/]+)/versions/([^/]+)/?",
                    Pattern.CASE_INSENSITIVE);
    private static final Pattern SHORT_FORM = Pattern.compile("azureml:([^/:@]+):([^/:@]+)");

    private AssetReference() {}

    /**
     * The version resource that {@code text} means, as seen from {@code workspace}.
     *
     * @param type what is expected: {@code models}, {@code codes} or {@code environments}
     * @throws FarolException {@code NOT_SUPPORTED} for a registry, {@code INVALID_ARGUMENT} for
     *     what is no reference to a version of that type
     */
    public static ResourceId resolve(String text, String type, ResourceId workspace) {
        if (text.regionMatches(true, 0, "azureml://registries/", 0, 21)) {
            throw new FarolException(
                    ErrorCode.NOT_SUPPORTED,
                    "'" + text + "' is in a registry; use a version of this workspace");
        }
        ResourceId id = id(text, type, workspace);
        if (!id.kind().equalsIgnoreCase(type + "/versions")) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'" + text + "' is not a version of one of the workspace's " + type);
        }
        return id;
    }

    private static ResourceId id(String text, String type, ResourceId workspace) {
        Matcher far = WORKSPACE_FORM.matcher(text);
        if (far.matches()) {
            return workspace.child(far.group(1), far.group(2)).child("versions", far.group(3));
        }
        Matcher brief = SHORT_FORM.matcher(text);
        if (brief.matches()) {
            return workspace.child(type, brief.group(1)).child("versions", brief.group(2));
        }
        boolean prefixed = text.regionMatches(true, 0, "azureml:/", 0, 9);
        return ResourceId.parse(prefixed ? text.substring("azureml:".length()) : text);
    }
}
