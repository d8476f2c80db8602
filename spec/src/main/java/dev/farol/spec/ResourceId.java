package dev.farol.spec;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An ARM resource id below a workspace: {@code
 * /subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.MachineLearningServices/workspaces/{w}[/{type}/{name}]…}.
 * Types keep their canonical spelling (contracts §1.5: clients parse ids by regex); comparison
 * ignores case, by {@link #key()}.
 *
 * @param path the segments after the workspace: alternating type and name; empty for the workspace
 *     itself
 */
public record ResourceId(
        String subscription, String resourceGroup, String workspace, List<Segment> path) {
    public static final String PROVIDER = "Microsoft.MachineLearningServices";

    /** One type and name, such as {@code onlineEndpoints/credit}. */
    public record Segment(String type, String name) {}

    public ResourceId {
        path = List.copyOf(path);
    }

    public static ResourceId workspace(
            String subscription, String resourceGroup, String workspace) {
        return new ResourceId(subscription, resourceGroup, workspace, List.of());
    }

    public ResourceId child(String type, String name) {
        var longer = new ArrayList<>(path);
        longer.add(new Segment(type, name));
        return new ResourceId(subscription, resourceGroup, workspace, longer);
    }

    /** The enclosing resource; the workspace is its own end of the chain and has none. */
    public Optional<ResourceId> parent() {
        return path.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ResourceId(
                                subscription,
                                resourceGroup,
                                workspace,
                                path.subList(0, path.size() - 1)));
    }

    public ResourceId workspaceId() {
        return workspace(subscription, resourceGroup, workspace);
    }

    public String name() {
        return path.isEmpty() ? workspace : path.getLast().name();
    }

    /**
     * The type path without the provider, such as {@code onlineEndpoints/deployments} or {@code
     * workspaces}.
     */
    public String kind() {
        return path.isEmpty()
                ? "workspaces"
                : String.join("/", path.stream().map(Segment::type).toList());
    }

    /**
     * The ARM type, such as {@code
     * Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments}.
     */
    public String armType() {
        return PROVIDER + (path.isEmpty() ? "/workspaces" : "/workspaces/" + kind());
    }

    /** The id as ARM writes it. */
    @Override
    public String toString() {
        var text =
                new StringBuilder("/subscriptions/")
                        .append(subscription)
                        .append("/resourceGroups/")
                        .append(resourceGroup)
                        .append("/providers/" + PROVIDER + "/workspaces/")
                        .append(workspace);
        for (Segment segment : path) {
            text.append('/').append(segment.type()).append('/').append(segment.name());
        }
        return text.toString();
    }

    /** The id in lower case: what two spellings of one resource share. */
    public String key() {
        return toString().toLowerCase(Locale.ROOT);
    }

    /**
     * Reads an id; the fixed segments are matched without regard to case.
     *
     * @throws FarolException {@link ErrorCode#INVALID_ARGUMENT} when the text is no resource id of
     *     this provider
     */
    public static ResourceId parse(String text) {
        String[] parts = text.replaceAll("/+", "/").replaceAll("^/|/$", "").split("/", -1);
        boolean fits =
                parts.length >= 8
                        && parts.length % 2 == 0
                        && parts[0].equalsIgnoreCase("subscriptions")
                        && parts[2].equalsIgnoreCase("resourceGroups")
                        && parts[4].equalsIgnoreCase("providers")
                        && parts[5].equalsIgnoreCase(PROVIDER)
                        && parts[6].equalsIgnoreCase("workspaces");
        if (!fits) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "'"
                            + text
                            + "' is not a resource id (expected: /subscriptions/…/resourceGroups/…/providers/"
                            + PROVIDER
                            + "/workspaces/…)");
        }
        var path = new ArrayList<Segment>();
        for (int i = 8; i < parts.length; i += 2) {
            path.add(new Segment(canonicalType(parts[i]), parts[i + 1]));
        }
        return new ResourceId(parts[1], parts[3], parts[7], path);
    }

    private static String canonicalType(String type) {
        for (String known : List.of("onlineEndpoints", "batchEndpoints", "serverlessEndpoints")) {
            if (known.equalsIgnoreCase(type)) {
                return known;
            }
        }
        return type.toLowerCase(Locale.ROOT);
    }
}
