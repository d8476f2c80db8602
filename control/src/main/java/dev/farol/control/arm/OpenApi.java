package dev.farol.control.arm;

import dev.farol.kit.Json;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import tools.jackson.databind.node.ObjectNode;

/** The OpenAPI document of a path table: all that it says, the table says. */
final class OpenApi {
    static final String PATH = "/openapi.json";

    /** What a route for every method is listed under. */
    private static final List<String> METHODS = List.of("GET", "PUT", "PATCH", "POST", "DELETE");

    private static final String TOKEN = "token";
    private static final String JSON = "application/json";

    private final Map<String, ObjectNode> schemas = new TreeMap<>();

    private OpenApi() {}

    static ObjectNode of(List<Route> routes) {
        return new OpenApi().document(routes);
    }

    /** The path under which a route is listed. */
    static String path(Route route) {
        return "/" + String.join("/", route.pattern()).replace("**", "{rest}");
    }

    /** The methods under which a route is listed, in lower case. */
    static List<String> methods(Route route) {
        List<String> methods = route.method().equals("*") ? METHODS : List.of(route.method());
        return methods.stream().map(method -> method.toLowerCase(Locale.ROOT)).toList();
    }

    private ObjectNode document(List<Route> routes) {
        ObjectNode document = Json.object();
        document.put("openapi", "3.1.0");
        document.putObject("info")
                .put("title", "Farol")
                .put("version", "1")
                .put(
                        "description",
                        "The control plane, in the manner of Azure Resource Manager. Any"
                                + " api-version is accepted; segments of paths match in any case; fields"
                                + " that are not listed are kept and given back; numbers and switches"
                                + " may be written as text, and words of a list in any case.");
        document.putArray("servers").addObject().put("url", "/");
        ObjectNode paths = document.putObject("paths");
        for (Route route : routes) {
            ObjectNode item =
                    paths.get(path(route)) instanceof ObjectNode there
                            ? there
                            : paths.putObject(path(route));
            for (String method : methods(route)) {
                if (!item.has(method)) {
                    item.set(method, operation(route, method));
                }
            }
        }
        ObjectNode components = document.putObject("components");
        ObjectNode named = components.putObject("schemas");
        schemas.forEach(named::set);
        components
                .putObject("securitySchemes")
                .putObject(TOKEN)
                .put("type", "http")
                .put("scheme", "bearer")
                .put("bearerFormat", "JWT");
        return document;
    }

    private ObjectNode operation(Route route, String method) {
        Doc doc = route.doc();
        ObjectNode operation = Json.object();
        operation.put("summary", doc.summary());
        operation.put("operationId", method + path(route).replaceAll("[^A-Za-z0-9]+", "_"));
        var parameters = operation.putArray("parameters");
        for (String segment : route.pattern()) {
            if (segment.startsWith("{") || segment.equals("**")) {
                ObjectNode parameter = parameters.addObject();
                parameter.put(
                        "name", segment.equals("**") ? "rest" : segment.replaceAll("[{}]", ""));
                parameter.put("in", "path").put("required", true);
                parameter.putObject("schema").put("type", "string").put("minLength", 1);
            }
        }
        if (route.access().versioned()) {
            parameters
                    .addObject()
                    .put("name", "api-version")
                    .put("in", "query")
                    .put("required", true)
                    .putObject("schema")
                    .put("type", "string")
                    .put("pattern", "^[0-9]{4}-[0-9]{2}-[0-9]{2}(-preview)?$");
        }
        for (Doc.Parameter each : doc.parameters()) {
            ObjectNode parameter = parameters.addObject();
            parameter.put("name", each.name()).put("in", "query");
            parameter.set("schema", Schemas.of(each.type(), Schemas.Side.REQUEST));
        }
        Shape takes = doc.takes();
        if (takes != null) {
            operation
                    .putObject("requestBody")
                    .putObject("content")
                    .putObject(JSON)
                    .set(
                            "schema",
                            Schemas.of(
                                    takes,
                                    doc.change() ? Schemas.Side.CHANGE : Schemas.Side.REQUEST));
        }
        answers(operation.putObject("responses"), route, method);
        if (route.access() != Route.Access.OPEN) {
            operation.putArray("security").addObject().putArray(TOKEN);
        }
        return operation;
    }

    private void answers(ObjectNode responses, Route route, String method) {
        new TreeMap<>(route.doc().answers())
                .forEach((status, body) -> answer(responses, status, body));
        for (int status : errors(route, method)) {
            if (!responses.has(Integer.toString(status))) {
                answer(responses, status, new Doc.Holds(Reply.ERROR));
            }
        }
    }

    private void answer(ObjectNode responses, int status, Doc.Body body) {
        ObjectNode response = responses.putObject(Integer.toString(status));
        response.put("description", status < 400 ? "Done" : "Refused");
        if (body instanceof Doc.Holds holds) {
            Reply reply = holds.reply();
            schemas.put(reply.name(), reply.schema());
            reply.parts().forEach(part -> schemas.put(part.name(), part.schema()));
            response.putObject("content")
                    .putObject(JSON)
                    .putObject("schema")
                    .put("$ref", reply.reference());
        }
    }

    /**
     * The errors that a route may answer whatever it does. A name with dots or slashes in it makes
     * another path of a path, where there may be nothing, or nothing for that method.
     */
    private static TreeSet<Integer> errors(Route route, String method) {
        var errors = new TreeSet<Integer>();
        errors.addAll(List.of(400, 404, 405));
        if (route.access() != Route.Access.OPEN) {
            errors.add(401);
        }
        if (!method.equals("get") && !method.equals("head")) {
            errors.addAll(List.of(409, 412, 413));
        }
        if (route.access().ruled()) {
            errors.add(403);
        }
        return errors;
    }
}
