package dev.farol.control.template;

import dev.farol.kit.Json;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** Reads a template and those inside of it. */
final class TemplateReader {
    private static final int MAX_NESTING = 5;

    /** What a resource says to the deployment, not to its provider. */
    private static final Set<String> AROUND =
            Set.of(
                    "apiVersion",
                    "comments",
                    "condition",
                    "dependsOn",
                    "name",
                    "resourceGroup",
                    "resources",
                    "subscriptionId",
                    "type");

    private static final List<String> ABSENT = List.of("copy", "existing", "extension");

    private final ObjectNode parameters;
    private final ObjectNode outputs;
    private final List<Problem> problems;

    /**
     * @param parameters to be filled with those of the outermost template
     * @param outputs the same
     * @param problems to be filled with what is wrong with single resources
     */
    TemplateReader(ObjectNode parameters, ObjectNode outputs, List<Problem> problems) {
        this.parameters = parameters;
        this.outputs = outputs;
        this.problems = problems;
    }

    List<Wanted> read(ObjectNode properties, String pointer, Place place, int depth) {
        ObjectNode template = template(properties, pointer);
        ObjectNode variables = object(template, "variables", pointer + "/template");
        var own =
                new Parameters(
                        object(template, "parameters", pointer + "/template"),
                        object(properties, "parameters", pointer),
                        pointer + "/parameters");
        var words = new Evaluation(own.values(), variables, place);
        raise(own.problems());
        ObjectNode shown = own.shown(words);
        raise(own.problems());
        List<Wanted> resources = resources(template, pointer + "/template", words, place, depth);
        if (depth == 0) {
            parameters.setAll(shown);
            outputs(template, pointer + "/template/outputs", words);
        }
        return resources;
    }

    private static ObjectNode template(ObjectNode properties, String pointer) {
        String mode = properties.path("mode").asString("Incremental");
        if (!mode.equalsIgnoreCase("Incremental")) {
            throw notOffered(pointer + "/mode", "The mode '" + mode + "'", "Incremental");
        }
        for (String link : List.of("templateLink", "parametersLink")) {
            if (properties.path(link).isObject()) {
                throw notOffered(
                        pointer + "/" + link,
                        "A template or parameters elsewhere",
                        "both in the request");
            }
        }
        if (properties.get("template") instanceof ObjectNode template) {
            return template;
        }
        throw invalid(pointer + "/template", "The template is missing (expected: an object)");
    }

    /** Those of a template, a list or, in newer ones, an object with names. */
    private List<Wanted> resources(
            ObjectNode template, String pointer, Evaluation words, Place place, int depth) {
        JsonNode all = template.path("resources");
        if (!all.isContainer()) {
            throw invalid(pointer + "/resources", "The resources are missing (expected: an array)");
        }
        List<Wanted> wanted = new ArrayList<>();
        if (all instanceof ObjectNode named) {
            named.forEachEntry(
                    (name, resource) ->
                            resource(
                                    resource,
                                    pointer + "/resources/" + name,
                                    words,
                                    place,
                                    depth,
                                    null,
                                    wanted));
        } else {
            for (int i = 0; i < all.size(); i++) {
                resource(
                        all.get(i), pointer + "/resources/" + i, words, place, depth, null, wanted);
            }
        }
        return wanted;
    }

    /** One that is wrong is left out, and its problem kept. */
    private void resource(
            JsonNode given,
            String pointer,
            Evaluation words,
            Place place,
            int depth,
            @Nullable Wanted parent,
            List<Wanted> wanted) {
        try {
            read(given, pointer, words, place, depth, parent, wanted);
        } catch (FarolException wrong) {
            problems.add(wrong.problem());
        }
    }

    /**
     * @param parent null for one that stands by itself
     */
    private void read(
            JsonNode given,
            String pointer,
            Evaluation words,
            Place place,
            int depth,
            @Nullable Wanted parent,
            List<Wanted> wanted) {
        if (!(given instanceof ObjectNode resource)) {
            throw invalid(
                    pointer, "A resource is " + given.getNodeType() + " (expected: an object)");
        }
        if (!holds(resource, pointer, words)) {
            return;
        }
        for (String name : ABSENT) {
            if (resource.has(name)) {
                throw notOffered(pointer + "/" + name, "'" + name + "' of a resource", "none");
            }
        }
        String type = text(resource, "type", pointer, words);
        String name = text(resource, "name", pointer, words);
        if (parent != null && !type.contains(".")) {
            type = parent.type() + "/" + type;
            name = parent.name() + "/" + name;
        }
        Wanted one =
                type.equalsIgnoreCase(Template.NESTED)
                        ? nested(resource, pointer, words, place, depth, name)
                        : single(resource, pointer, words, place, type, name);
        wanted.add(one);
        JsonNode children = resource.path("resources");
        for (int i = 0; i < children.size() && one.parts().isEmpty(); i++) {
            resource(
                    children.get(i), pointer + "/resources/" + i, words, place, depth, one, wanted);
        }
    }

    private static boolean holds(ObjectNode resource, String pointer, Evaluation words) {
        if (!resource.has("condition")) {
            return true;
        }
        JsonNode value = tree(resource.path("condition"), pointer + "/condition", words);
        if (value.isBoolean()) {
            return value.asBoolean();
        }
        throw invalid(
                pointer + "/condition", "The condition is " + value + " (expected: true or false)");
    }

    private static Wanted single(
            ObjectNode resource,
            String pointer,
            Evaluation words,
            Place place,
            String type,
            String name) {
        ObjectNode document = Json.object();
        resource.forEachEntry(
                (field, value) -> {
                    if (!AROUND.contains(field)) {
                        document.set(field, tree(value, pointer + "/" + field, words));
                    }
                });
        return new Wanted(
                pointer, type, id(pointer, place, type, name), name, place, document, List.of());
    }

    private Wanted nested(
            ObjectNode resource,
            String pointer,
            Evaluation words,
            Place place,
            int depth,
            String name) {
        if (depth >= MAX_NESTING) {
            throw invalid(pointer, "More than " + MAX_NESTING + " templates in each other");
        }
        String subscription =
                resource.has("subscriptionId")
                        ? text(resource, "subscriptionId", pointer, words)
                        : place.subscription();
        String group = resource.has("subscriptionId") ? "" : place.resourceGroup();
        if (resource.has("resourceGroup")) {
            group = text(resource, "resourceGroup", pointer, words);
        }
        Place there = place.in(subscription, group);
        ObjectNode properties = object(resource, "properties", pointer);
        String at = pointer + "/properties";
        boolean inner =
                properties
                        .path("expressionEvaluationOptions")
                        .path("scope")
                        .asString("outer")
                        .equalsIgnoreCase("inner");
        List<Wanted> parts =
                inner
                        ? read(properties, at, there, depth + 1)
                        : resources(
                                template(properties, at),
                                at + "/template",
                                words,
                                there,
                                depth + 1);
        return new Wanted(
                pointer,
                Template.NESTED,
                id(pointer, there, Template.NESTED, name),
                name,
                there,
                Json.object(),
                parts);
    }

    private void outputs(ObjectNode template, String pointer, Evaluation words) {
        object(template, "outputs", pointer)
                .forEachEntry(
                        (name, output) -> {
                            ObjectNode entry = outputs.putObject(name);
                            entry.put("type", output.path("type").asString(""));
                            entry.set(
                                    "value",
                                    tree(output.path("value"), pointer + "/" + name, words));
                        });
    }

    private static String id(String pointer, Place place, String type, String name) {
        try {
            return place.id(Place.path(type, Arrays.asList(name.split("/", -1))));
        } catch (BadExpression bad) {
            throw new FarolException(problem(pointer, bad));
        }
    }

    private static String text(
            ObjectNode resource, String field, String pointer, Evaluation words) {
        JsonNode value = tree(resource.path(field), pointer + "/" + field, words);
        if (value.isString() && !value.asString().isEmpty()) {
            return value.asString();
        }
        throw invalid(pointer + "/" + field, "'" + field + "' is " + value + " (expected: a text)");
    }

    private static JsonNode tree(JsonNode raw, String pointer, Evaluation words) {
        try {
            return words.tree(raw);
        } catch (BadExpression bad) {
            throw new FarolException(problem(pointer, bad));
        }
    }

    private static ObjectNode object(ObjectNode holder, String field, String pointer) {
        JsonNode value = holder.path(field);
        if (value.isMissingNode() || value.isNull()) {
            return Json.object();
        }
        if (value instanceof ObjectNode object) {
            return object;
        }
        throw invalid(pointer + "/" + field, "'" + field + "' is no object (expected: an object)");
    }

    static Problem problem(String pointer, BadExpression bad) {
        return bad.notOffered()
                ? Problem.at(
                        ErrorCode.NOT_SUPPORTED,
                        pointer,
                        "The template asks for " + bad.text() + ", which is not offered")
                : Problem.at(ErrorCode.TEMPLATE_INVALID, pointer, "The template has " + bad.text());
    }

    private static void raise(List<Problem> problems) {
        if (!problems.isEmpty()) {
            throw new FarolException(Problem.all(problems.getFirst().code(), problems));
        }
    }

    private static FarolException invalid(String pointer, String message) {
        return new FarolException(ErrorCode.TEMPLATE_INVALID, pointer, message);
    }

    private static FarolException notOffered(String pointer, String what, String expected) {
        return new FarolException(
                ErrorCode.NOT_SUPPORTED,
                pointer,
                what + " is not offered by this version of Farol yet (expected: " + expected + ")");
    }
}
