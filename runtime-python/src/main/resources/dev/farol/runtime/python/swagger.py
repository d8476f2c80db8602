"""The descriptions of a scoring script that /swagger.json answers: files of the user's, or made from the script.

Standard library only, Python 3.8 or newer.
"""

import json
import os
import sys

# Version, its aliases, and the files that replace what is made.
VERSIONS = (
    ("2", ("2", "2.0"), ("swagger.json", "swagger2.json")),
    ("3", ("3", "3.0"), ("swagger3.json",)),
    ("3.1", ("3.1",), ("swagger3.1.json",)),
)
SERVICE = "API specification for the Azure Machine Learning service %s"
FAILED = "The service failed to execute due to an error."
SCORED = "The service processed the input correctly and provided a result prediction, if applicable."
UP = "If service is up and running, this response will be returned with the content 'Healthy'"
PAYLOAD = "The input payload for executing the real-time machine learning service."
BEARER = {
    "type": "apiKey",
    "name": "Authorization",
    "in": "header",
    "description": "For example: Bearer abc123",
}
PROBLEM = {"type": "object", "properties": {"message": {"type": "string"}}}


def documents(app_root, run, settings):
    """({version or alias: JSON text}, [version]); raises ValueError for a file that is not JSON."""
    texts, supported = {}, []
    for version, aliases, files in VERSIONS:
        document = user_file(app_root, files)
        if document is None:
            document = generate(version, aliases, run, settings)
        if document is not None:
            text = json.dumps(document)
            texts.update({alias: text for alias in aliases})
            supported.append(version)
    return texts, sorted(supported)


def user_file(app_root, names):
    for name in names:
        path = os.path.join(app_root, name)
        try:
            with open(path, encoding="utf-8") as file:
                document = json.load(file)
        except FileNotFoundError:
            continue
        except ValueError as ex:
            raise ValueError("%s is not JSON: %s" % (name, ex)) from None
        if document:
            return document
    return None


def described(run):
    """Whether run() brings the schemas of its input and output along, as Farol's own scripts do."""
    return isinstance(getattr(run, "service_input", None), dict)


def generate(version, aliases, run, settings):
    service_input = service_output = {"type": "object", "example": {}}
    schemas = sys.modules.get("inference_schema.schema_util")
    if described(run):
        service_input, service_output = run.service_input, run.service_output
    elif schemas is not None:
        if not set(aliases).intersection(schemas.get_supported_versions(run)):
            return None
        if schemas.is_schema_decorated(run):
            service_input, service_output = schemas.get_input_schema(run), schemas.get_output_schema(run)
    name = settings.get("SERVICE_NAME")
    prefix = settings.get("SERVICE_PATH_PREFIX")
    prefix = "/" + prefix.strip("/") if prefix else ""
    info = {"title": name, "description": SERVICE % name, "version": settings.get("SERVICE_VERSION")}
    schemes = {"ServiceInput": service_input, "ServiceOutput": service_output, "ErrorResponse": PROBLEM}
    if version == "2":
        return swagger2(info, prefix, schemes)
    return openapi("3.1.0" if version == "3.1" else "3.0.3", info, prefix, schemes)


def swagger2(info, prefix, schemas):
    def answers(description, schema, examples=None):
        good = {"description": description, "schema": schema}
        if examples is not None:
            good["examples"] = examples
        return {
            "200": good,
            "default": {"description": FAILED, "schema": {"$ref": "#/definitions/ErrorResponse"}},
        }

    return {
        "swagger": "2.0",
        "info": info,
        "schemes": ["https"],
        "consumes": ["application/json"],
        "produces": ["application/json"],
        "securityDefinitions": {"Bearer": BEARER},
        "paths": {
            prefix + "/": {
                "get": {
                    "operationId": "ServiceHealthCheck",
                    "description": "Simple health check endpoint to ensure the service is up at any given point.",
                    "responses": answers(UP, {"type": "string"}, {"application/json": "Healthy"}),
                }
            },
            prefix + "/score": {
                "post": {
                    "operationId": "RunMLService",
                    "description": "Run web service's model and get the prediction output",
                    "security": [{"Bearer": []}],
                    "parameters": [
                        {
                            "name": "serviceInputPayload",
                            "in": "body",
                            "description": PAYLOAD,
                            "schema": {"$ref": "#/definitions/ServiceInput"},
                        }
                    ],
                    "responses": answers(SCORED, {"$ref": "#/definitions/ServiceOutput"}),
                }
            },
            prefix + "/swagger.json": {
                "get": {
                    "operationId": "GetSwaggerSpec",
                    "description": "Get the Swagger specification.",
                    "parameters": [
                        {"name": "version", "in": "query", "required": False, "type": "integer", "enum": [2, 3]}
                    ],
                    "responses": answers("The Swagger specification.", {"type": "string"}),
                }
            },
        },
        "definitions": schemas,
    }


def openapi(version, info, prefix, schemas):
    def content(kind, schema):
        return {kind: {"schema": schema}}

    def answers(description, kind, schema):
        problem = content("application/json", {"$ref": "#/components/schemas/ErrorResponse"})
        return {
            "200": {"description": description, "content": content(kind, schema)},
            "default": {"description": FAILED, "content": problem},
        }

    return {
        "openapi": version,
        "info": info,
        "security": [{"Bearer": []}],
        "paths": {
            prefix + "/": {
                "get": {
                    "operationId": "ServiceHealthCheck",
                    "description": "Simple health check endpoint to ensure the service is up at any given point.",
                    "responses": answers(UP, "text/plain", {"type": "string", "example": "Healthy"}),
                }
            },
            prefix + "/score": {
                "post": {
                    "operationId": "RunMLService",
                    "description": "Run web service's model and get the prediction output",
                    "security": [{"Bearer": []}],
                    "requestBody": {
                        "description": PAYLOAD,
                        "content": content("application/json", {"$ref": "#/components/schemas/ServiceInput"}),
                    },
                    "responses": answers(SCORED, "application/json", {"$ref": "#/components/schemas/ServiceOutput"}),
                }
            },
            prefix + "/swagger.json": {
                "get": {
                    "operationId": "GetSwaggerSpec",
                    "description": "Get the Swagger specification.",
                    "parameters": [
                        {
                            "name": "version",
                            "in": "query",
                            "required": False,
                            "schema": {"type": "integer", "enum": [2, 3]},
                        }
                    ],
                    "responses": answers("The Swagger specification.", "text/plain", {"type": "string"}),
                }
            },
        },
        "components": {"schemas": schemas, "securitySchemes": {"Bearer": BEARER}},
    }
