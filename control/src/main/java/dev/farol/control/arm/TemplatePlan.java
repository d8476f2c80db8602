package dev.farol.control.arm;

import dev.farol.control.template.Template;
import dev.farol.control.template.Wanted;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.ResourceId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * What Farol does for each resource of a template: it makes workspaces, and has of its own what
 * stands around a workspace on Azure. A template with anything else is refused as a whole.
 */
record TemplatePlan(Template template, List<Step> steps) {
    TemplatePlan {
        steps = List.copyOf(steps);
    }

    /** What is done for one resource. */
    sealed interface Step {
        Wanted wanted();
    }

    /** It is made. */
    record Workspace(Wanted wanted, ResourceId id, ObjectNode body) implements Step {}

    /**
     * Nothing is made for it.
     *
     * @param why says what is there instead
     */
    record OwnThing(Wanted wanted, String why) implements Step {}

    private static final String WORKSPACE = ResourceId.PROVIDER + "/workspaces";

    private static final Map<String, String> OWN = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);

    static {
        OWN.put(
                "Microsoft.Storage/storageAccounts",
                "Farol keeps files in a store of its own; no storage account was made");
        OWN.put(
                "Microsoft.KeyVault/vaults",
                "Farol keeps secrets in a store of its own; no key vault was made");
        OWN.put(
                "Microsoft.Insights/components",
                "Farol has logs and metrics of its own; no Application Insights was made");
        OWN.put(
                "Microsoft.OperationalInsights/workspaces",
                "Farol has logs and metrics of its own; no Log Analytics workspace was made");
        OWN.put(
                "Microsoft.ContainerRegistry/registries",
                "Farol keeps environments in a store of its own; no container registry was made");
        OWN.put(
                "Microsoft.Resources/resourceGroups",
                "A resource group is there as soon as a workspace is in it; none was made");
    }

    /** What a workspace says of the things around it. */
    private static final List<String> AROUND =
            List.of("storageAccount", "keyVault", "applicationInsights", "containerRegistry");

    /** What is switched off, or the whole would have been refused. */
    private static final Set<String> SWITCHED_OFF = Set.of("encryption", "managedNetwork");

    /**
     * @throws dev.farol.spec.FarolException {@code NotSupported} naming everything that Farol does
     *     not have
     */
    static TemplatePlan of(Template template) {
        var violations = new Violations();
        List<Step> steps = new ArrayList<>();
        Set<String> declared =
                all(template.resources())
                        .map(wanted -> wanted.id().toLowerCase(Locale.ROOT))
                        .collect(Collectors.toSet());
        template.resources().forEach(wanted -> add(wanted, declared, steps, violations));
        template.problems().forEach(violations::add);
        violations.raise();
        return new TemplatePlan(template, steps);
    }

    private static Stream<Wanted> all(List<Wanted> resources) {
        return resources.stream()
                .flatMap(each -> Stream.concat(Stream.of(each), all(each.parts())));
    }

    List<Workspace> workspaces() {
        return steps.stream()
                .filter(Workspace.class::isInstance)
                .map(Workspace.class::cast)
                .toList();
    }

    private static void add(
            Wanted wanted, Set<String> declared, List<Step> steps, Violations violations) {
        String own = OWN.get(wanted.type());
        if (wanted.type().equals(Template.NESTED)) {
            List<Step> parts = new ArrayList<>();
            wanted.parts().forEach(part -> add(part, declared, parts, violations));
            steps.add(new OwnThing(wanted, nested(parts)));
            parts.stream().filter(Workspace.class::isInstance).forEach(steps::add);
        } else if (wanted.type().equalsIgnoreCase(WORKSPACE)) {
            steps.add(workspace(wanted, declared, violations));
        } else if (own != null) {
            steps.add(new OwnThing(wanted, own));
        } else {
            violations.add(
                    ErrorCode.NOT_SUPPORTED,
                    wanted.pointer(),
                    "Resources of the type "
                            + wanted.type()
                            + " ("
                            + ValueType.quoted(wanted.name())
                            + ") are not offered in templates by this version of Farol (expected: "
                            + WORKSPACE
                            + ", or what stands around one: "
                            + String.join(", ", OWN.keySet())
                            + ")");
        }
    }

    /** A template in a template makes no deployment of its own. */
    private static String nested(List<Step> parts) {
        return parts.stream()
                .map(
                        part ->
                                switch (part) {
                                    case OwnThing thing -> thing.why();
                                    case Workspace workspace ->
                                            "The workspace '"
                                                    + workspace.id().workspace()
                                                    + "' is part of this deployment";
                                })
                .collect(Collectors.joining(". "));
    }

    private static Workspace workspace(Wanted wanted, Set<String> declared, Violations violations) {
        ObjectNode body = wanted.document().deepCopy();
        WorkspaceOffer.check(body, wanted.pointer(), violations);
        if (body.has("scope")) {
            violations.add(
                    ErrorCode.NOT_SUPPORTED,
                    wanted.pointer() + "/scope",
                    "A workspace has no scope of its own (expected: none; a template in the template"
                            + " makes it in another resource group)");
        }
        if (body.get("properties") instanceof ObjectNode properties) {
            around(wanted, properties, declared, violations);
            SWITCHED_OFF.forEach(properties::remove);
            for (String field : List.copyOf(properties.propertyNames())) {
                JsonNode value = properties.path(field);
                if (nothing(value)) {
                    properties.remove(field);
                } else if (value.asString("").matches("(?i)true|false")) {
                    // Parameters of templates are text where the resource has a switch.
                    properties.put(field, value.asString().equalsIgnoreCase("true"));
                }
            }
        }
        return new Workspace(
                wanted,
                ResourceId.workspace(
                        wanted.place().subscription(),
                        wanted.place().resourceGroup(),
                        wanted.name()),
                body);
    }

    /** What a workspace is to use has to be the template's, for which Farol has its own. */
    private static void around(
            Wanted wanted, ObjectNode properties, Set<String> declared, Violations violations) {
        for (String field : AROUND) {
            String id = properties.path(field).asString("");
            properties.remove(field);
            String key = id.toLowerCase(Locale.ROOT);
            boolean ours =
                    Stream.of(Workspaces.STORAGE, Workspaces.KEY_VAULT)
                            .anyMatch(end -> key.endsWith("/" + end.toLowerCase(Locale.ROOT)));
            if (!id.isEmpty() && !declared.contains(key) && !ours) {
                violations.add(
                        ErrorCode.NOT_SUPPORTED,
                        wanted.pointer() + "/properties/" + field,
                        ValueType.quoted(id)
                                + " cannot be used: Farol has its own (expected: none, or one that"
                                + " the template makes)");
            }
        }
    }

    private static boolean nothing(JsonNode value) {
        return value.isNull()
                || (value.isString() && value.asString().isEmpty())
                || (value.isContainer() && value.valueStream().allMatch(TemplatePlan::nothing));
    }
}
