package dev.farol.runtime.serve;

import dev.farol.kit.Json;
import dev.farol.runtime.ModelFacts;
import dev.farol.runtime.tensor.DataType;
import dev.farol.runtime.tensor.ModelInfo;
import dev.farol.runtime.tensor.TensorInfo;
import java.util.HashMap;
import java.util.List;
import tools.jackson.databind.node.ObjectNode;

/** What {@code /swagger.json} tells of a native model, in the manner of contracts §5.5. */
final class ModelSwagger {
    private ModelSwagger() {}

    static ModelFacts facts(ModelInfo model, String service) {
        String second = second(model, service).toString();
        String third = third(model, service).toString();
        var documents = new HashMap<String, String>();
        documents.put("2", second);
        documents.put("2.0", second);
        documents.put("3", third);
        documents.put("3.0", third);
        documents.put("3.1", third);
        return new ModelFacts(
                documents, List.of("2", "2.0", "3", "3.0", "3.1"), List.of(), true, false);
    }

    private static ObjectNode second(ModelInfo model, String service) {
        ObjectNode root = Json.object().put("swagger", "2.0");
        root.set("info", info(service));
        root.putArray("schemes").add("https");
        root.putArray("consumes").add("application/json");
        root.putArray("produces").add("application/json");
        root.putObject("securityDefinitions")
                .putObject("Bearer")
                .put("type", "apiKey")
                .put("name", "Authorization")
                .put("in", "header")
                .put("description", "For example: Bearer abc123");
        ObjectNode paths = root.putObject("paths");
        ObjectNode health = operation(paths, "/", "get", "ServiceHealthCheck");
        health.putObject("responses").putObject("200").put("description", "Healthy");
        ObjectNode score = operation(paths, "/score", "post", "RunMLService");
        score.putArray("parameters")
                .addObject()
                .put("name", "serviceInputPayload")
                .put("in", "body")
                .putObject("schema")
                .put("$ref", "#/definitions/ServiceInput");
        ObjectNode answers = score.putObject("responses");
        answers.putObject("200")
                .put("description", "What the model gave.")
                .putObject("schema")
                .put("$ref", "#/definitions/ServiceOutput");
        answers.putObject("default")
                .put("description", "Why it gave nothing.")
                .putObject("schema")
                .put("$ref", "#/definitions/ErrorResponse");
        definitions(root.putObject("definitions"), model);
        return root;
    }

    private static ObjectNode third(ModelInfo model, String service) {
        ObjectNode root = Json.object().put("openapi", "3.0.3");
        root.set("info", info(service));
        ObjectNode components = root.putObject("components");
        components
                .putObject("securitySchemes")
                .putObject("Bearer")
                .put("type", "http")
                .put("scheme", "bearer");
        ObjectNode paths = root.putObject("paths");
        ObjectNode health = operation(paths, "/", "get", "ServiceHealthCheck");
        health.putObject("responses").putObject("200").put("description", "Healthy");
        ObjectNode score = operation(paths, "/score", "post", "RunMLService");
        schema(score.putObject("requestBody"), "ServiceInput");
        ObjectNode answers = score.putObject("responses");
        schema(
                answers.putObject("200").put("description", "What the model gave."),
                "ServiceOutput");
        schema(
                answers.putObject("default").put("description", "Why it gave nothing."),
                "ErrorResponse");
        definitions(components.putObject("schemas"), model);
        return root;
    }

    private static void schema(ObjectNode into, String name) {
        into.putObject("content")
                .putObject("application/json")
                .putObject("schema")
                .put("$ref", "#/components/schemas/" + name);
    }

    private static ObjectNode info(String service) {
        return Json.object()
                .put("title", service)
                .put(
                        "description",
                        "API specification for the Azure Machine Learning service " + service)
                .put("version", "1.0");
    }

    private static ObjectNode operation(ObjectNode paths, String path, String verb, String id) {
        return paths.putObject(path).putObject(verb).put("operationId", id);
    }

    private static void definitions(ObjectNode into, ModelInfo model) {
        ObjectNode input = into.putObject("ServiceInput").put("type", "object");
        input.putArray("required").add("input_data");
        ObjectNode data = input.putObject("properties").putObject("input_data");
        data.put("type", "object");
        tensors(data.putObject("properties"), model.inputs());
        ObjectNode output = into.putObject("ServiceOutput").put("type", "object");
        tensors(output.putObject("properties"), model.outputs());
        into.putObject("ErrorResponse")
                .put("type", "object")
                .putObject("properties")
                .putObject("message")
                .put("type", "string");
    }

    private static void tensors(ObjectNode properties, List<TensorInfo> tensors) {
        for (TensorInfo tensor : tensors) {
            ObjectNode schema = properties.putObject(tensor.name());
            schema.put("description", tensor.type().name() + tensor.shape());
            for (long extent : tensor.shape()) {
                schema.put("type", "array");
                if (extent >= 0) {
                    schema.put("minItems", extent).put("maxItems", extent);
                }
                schema = schema.putObject("items");
            }
            schema.put("type", type(tensor.type()));
        }
    }

    private static String type(DataType type) {
        return switch (type) {
            case BYTES -> "string";
            case BOOL -> "boolean";
            case FP16, BF16, FP32, FP64 -> "number";
            default -> "integer";
        };
    }
}
