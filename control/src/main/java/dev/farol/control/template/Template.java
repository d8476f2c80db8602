package dev.farol.control.template;

import dev.farol.kit.Json;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.util.ArrayList;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/**
 * A template with its parameters, worked out.
 *
 * @param resources those that it asks for
 * @param parameters their types and values, as a deployment shows them; of secure ones the type
 *     alone
 * @param outputs with their types
 * @param problems of resources that are therefore not among the others
 */
public record Template(
        List<Wanted> resources, ObjectNode parameters, ObjectNode outputs, List<Problem> problems) {
    /** The type of a template inside of a template. */
    public static final String NESTED = "Microsoft.Resources/deployments";

    public Template {
        resources = List.copyOf(resources);
        problems = List.copyOf(problems);
    }

    /**
     * Reads the {@code properties} of a deployment.
     *
     * @param pointer where they stand
     * @throws FarolException {@code InvalidTemplate}, or {@code NotSupported} for what the language
     *     has and this does not, with the pointer
     */
    public static Template read(ObjectNode properties, String pointer, Place place) {
        ObjectNode parameters = Json.object();
        ObjectNode outputs = Json.object();
        List<Problem> problems = new ArrayList<>();
        List<Wanted> resources =
                new TemplateReader(parameters, outputs, problems)
                        .read(properties, pointer, place, 0);
        return new Template(resources, parameters, outputs, problems);
    }
}
