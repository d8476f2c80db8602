package dev.farol.control.template;

import dev.farol.kit.Json;
import tools.jackson.databind.node.ObjectNode;

/**
 * Where a template is deployed to: what {@code subscription()} and {@code resourceGroup()} answer.
 *
 * @param resourceGroup empty for a deployment to the subscription
 */
public record Place(String subscription, String resourceGroup, String location, String tenantId) {
    /** The same region and tenant under other names. */
    Place in(String otherSubscription, String otherGroup) {
        return new Place(otherSubscription, otherGroup, location, tenantId);
    }

    /** The id of a resource here; type and names as {@link #path} puts them together. */
    String id(String typed) {
        return scope() + "/providers/" + typed;
    }

    String subscriptionId() {
        return "/subscriptions/" + subscription;
    }

    private String scope() {
        return resourceGroup.isEmpty() ? subscriptionId() : groupId();
    }

    private String groupId() {
        return subscriptionId() + "/resourceGroups/" + resourceGroup;
    }

    ObjectNode subscriptionView() {
        return Json.object()
                .put("id", subscriptionId())
                .put("subscriptionId", subscription)
                .put("tenantId", tenantId)
                .put("displayName", "Farol");
    }

    ObjectNode groupView() {
        return Json.object()
                .put("id", groupId())
                .put("name", resourceGroup)
                .put("type", "Microsoft.Resources/resourceGroups")
                .put("location", location);
    }

    /**
     * {@code Microsoft.A/b/c} with the names {@code x}, {@code y} as {@code Microsoft.A/b/x/c/y}.
     *
     * @throws BadExpression when there are more types than names or the other way round
     */
    static String path(String type, java.util.List<String> names) {
        String[] segments = type.split("/", -1);
        if (segments.length < 2 || segments.length - 1 != names.size()) {
            throw new BadExpression(
                    "'"
                            + type
                            + "' with the names '"
                            + String.join("/", names)
                            + "' (expected: a provider with a type, and a name for each type)");
        }
        var path = new StringBuilder(segments[0]);
        for (int i = 0; i < names.size(); i++) {
            path.append('/').append(segments[i + 1]).append('/').append(names.get(i));
        }
        return path.toString();
    }
}
