package dev.farol.spec;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * An ARM resource id below a workspace: {@code
 * /subscriptions/{s}/resourceGroups/{g}/providers/Microsoft.MachineLearningServices/workspaces/{w}[/{type}/{name}]…},
 * or below a registry, which stands in the same place as {@code registries/{r}}, or a deployment of
 * a template, {@code …/providers/Microsoft.Resources/deployments/{d}}. Types keep their canonical
 * spelling (contracts §1.5: clients parse ids by regex); comparison ignores case, by {@link
 * #key()}.
 *
 * @param workspace the name of the workspace, registry or deployment
 * @param path the segments after the workspace: alternating type and name; empty for the workspace
 *     itself
 */
public record ResourceId(
        Root root,
        String subscription,
        String resourceGroup,
        String workspace,
        List<Segment> path) {
    public static final String PROVIDER = "Microsoft.MachineLearningServices";

    private static final String REGISTRY_SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";
    private static final String REGISTRY_GROUP = "registries";

    /** What holds all others. */
    public enum Root {
        WORKSPACE(PROVIDER, "workspaces"),
        REGISTRY(PROVIDER, "registries"),
        /** A deployment of an ARM template in a resource group; it holds nothing. */
        TEMPLATE_DEPLOYMENT("Microsoft.Resources", "deployments");

        private final String provider;
        private final String type;

        Root(String provider, String type) {
            this.provider = provider;
            this.type = type;
        }

        /** The provider's namespace. */
        public String provider() {
            return provider;
        }

        /** The path segment. */
        public String type() {
            return type;
        }
    }

    /** One type and name, such as {@code onlineEndpoints/credit}. */
    public record Segment(String type, String name) {}

    public ResourceId {
        path = List.copyOf(path);
    }

    public static ResourceId workspace(
            String subscription, String resourceGroup, String workspace) {
        return new ResourceId(Root.WORKSPACE, subscription, resourceGroup, workspace, List.of());
    }

    /**
     * A registry. Its name alone says which: a registry belongs to no subscription of the house,
     * and its id has fixed words where others have theirs.
     */
    public static ResourceId registry(String name) {
        return new ResourceId(
                Root.REGISTRY, REGISTRY_SUBSCRIPTION, REGISTRY_GROUP, name, List.of());
    }

    public static ResourceId templateDeployment(
            String subscription, String resourceGroup, String name) {
        return new ResourceId(
                Root.TEMPLATE_DEPLOYMENT, subscription, resourceGroup, name, List.of());
    }

    public ResourceId child(String type, String name) {
        var longer = new ArrayList<>(path);
        longer.add(new Segment(type, name));
        return new ResourceId(root, subscription, resourceGroup, workspace, longer);
    }

    /** The enclosing resource; the workspace is its own end of the chain and has none. */
    public Optional<ResourceId> parent() {
        return path.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        new ResourceId(
                                root,
                                subscription,
                                resourceGroup,
                                workspace,
                                path.subList(0, path.size() - 1)));
    }

    /** The workspace, registry or deployment that holds this resource. */
    public ResourceId workspaceId() {
        return new ResourceId(root, subscription, resourceGroup, workspace, List.of());
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
                ? root.type()
                : String.join("/", path.stream().map(Segment::type).toList());
    }

    /**
     * The ARM type, such as {@code
     * Microsoft.MachineLearningServices/workspaces/onlineEndpoints/deployments}.
     */
    public String armType() {
        return root.provider() + "/" + root.type() + (path.isEmpty() ? "" : "/" + kind());
    }

    /** The id as ARM writes it. */
    @Override
    public String toString() {
        var text =
                new StringBuilder("/subscriptions/")
                        .append(subscription)
                        .append("/resourceGroups/")
                        .append(resourceGroup)
                        .append("/providers/")
                        .append(root.provider())
                        .append('/')
                        .append(root.type())
                        .append('/')
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
                        && root(parts[6])
                                .filter(found -> found.provider().equalsIgnoreCase(parts[5]))
                                .isPresent();
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
        return switch (root(parts[6]).orElseThrow()) {
            case WORKSPACE -> below(workspace(parts[1], parts[3], parts[7]), path);
            case REGISTRY -> below(registry(parts[7]), path);
            case TEMPLATE_DEPLOYMENT ->
                    below(templateDeployment(parts[1], parts[3], parts[7]), path);
        };
    }

    private static ResourceId below(ResourceId root, List<Segment> path) {
        ResourceId id = root;
        for (Segment segment : path) {
            id = id.child(segment.type(), segment.name());
        }
        return id;
    }

    /** The root that a path segment means, in any case. */
    public static Optional<Root> root(String segment) {
        return Arrays.stream(Root.values())
                .filter(root -> root.type().equalsIgnoreCase(segment))
                .findFirst();
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
