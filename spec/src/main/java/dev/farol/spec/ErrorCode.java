package dev.farol.spec;

/**
 * Every error that Farol answers, once. The constant's {@link #wire} text is stable for ever; where
 * Azure ML has a code for the case, it is Azure's (contracts §1.4, §4.5).
 */
public enum ErrorCode {
    INVALID_ARGUMENT(
            "BadArgument", Kind.USER, 400, false, "A field has a value that is not allowed."),
    INVALID_JSON(
            "InvalidRequestContent",
            Kind.USER,
            400,
            false,
            "The request body is not the JSON that was expected."),
    MISSING_API_VERSION(
            "MissingApiVersionParameter",
            Kind.USER,
            400,
            false,
            "The api-version query parameter is missing."),
    NOT_SUPPORTED(
            "NotSupported",
            Kind.USER,
            400,
            false,
            "The request asks for something this version does not do."),
    TEMPLATE_INVALID(
            "InvalidTemplate",
            Kind.USER,
            400,
            false,
            "The ARM template cannot be read, or does not fit its parameters."),
    DEPLOYMENT_FAILED(
            "DeploymentFailed",
            Kind.USER,
            400,
            false,
            "A resource of an ARM template could not be made."),
    RESOURCE_NOT_FOUND("ResourceNotFound", Kind.USER, 404, false, "The resource does not exist."),
    METHOD_NOT_ALLOWED(
            "MethodNotAllowed", Kind.USER, 405, false, "The path exists, this verb does not."),
    PAYLOAD_TOO_LARGE(
            "RequestEntityTooLarge",
            Kind.USER,
            413,
            false,
            "The request body is larger than allowed."),
    PRECONDITION_FAILED(
            "PreconditionFailed",
            Kind.CONFLICT,
            412,
            false,
            "If-Match or If-None-Match did not hold."),
    CONFLICT(
            "Conflict",
            Kind.CONFLICT,
            409,
            true,
            "Another operation on this resource is in progress."),
    VERSION_EXISTS(
            "ResourceExists",
            Kind.CONFLICT,
            409,
            false,
            "The version of this asset exists with other content."),
    RESOURCE_IN_USE(
            "ResourceInUse",
            Kind.CONFLICT,
            409,
            false,
            "Something else still depends on the resource."),
    UNAUTHENTICATED(
            "AuthenticationFailed",
            Kind.AUTH,
            401,
            false,
            "No valid credential came with the request."),
    FORBIDDEN("AuthorizationFailed", Kind.AUTH, 403, false, "The credential does not allow this."),
    ROLE_ASSIGNMENT_EXISTS(
            "RoleAssignmentExists",
            Kind.CONFLICT,
            409,
            false,
            "The principal holds the role at this scope already."),
    ROLE_ASSIGNMENT_FIXED(
            "RoleAssignmentUpdateNotPermitted",
            Kind.USER,
            400,
            false,
            "A role assignment is made or taken away, never changed."),
    PRINCIPAL_NOT_FOUND(
            "PrincipalNotFound", Kind.USER, 400, false, "Nobody here has this object id."),
    ROLE_NAME_TAKEN(
            "RoleDefinitionWithSameNameExists",
            Kind.CONFLICT,
            409,
            false,
            "Another role has this name."),
    ROLE_IN_USE(
            "RoleDefinitionHasAssignments", Kind.CONFLICT, 409, false, "Somebody holds the role."),
    NO_ROUTE(
            "NoDeploymentWithTraffic",
            Kind.USER,
            404,
            false,
            "No deployment of the endpoint has traffic."),
    DEPLOYMENT_NOT_FOUND(
            "DeploymentNotFound", Kind.USER, 404, false, "The endpoint has no such deployment."),
    ENDPOINT_NOT_FOUND("EndpointNotFound", Kind.USER, 404, false, "There is no such endpoint."),
    REQUEST_TIMEOUT(
            "RequestTimeout",
            Kind.MODEL,
            408,
            false,
            "The model took longer than request_timeout_ms."),
    MODEL_ERROR(
            "ModelError",
            Kind.MODEL,
            424,
            false,
            "The model answered with a status other than 200."),
    MODEL_NOT_READY(
            "ModelNotReady", Kind.MODEL, 424, true, "No instance of the deployment is ready."),
    TOO_MANY_REQUESTS(
            "TooManyPendingRequests", Kind.LIMIT, 429, true, "The pending window is full."),
    WORKER_LOST("WorkerLost", Kind.MODEL, 502, true, "The process that ran the request died."),
    ENVIRONMENT_UNRESOLVABLE(
            "ImageBuildFailure",
            Kind.USER,
            400,
            false,
            "The environment cannot be resolved or built."),
    MODEL_UNAVAILABLE(
            "ModelNotFound",
            Kind.USER,
            400,
            false,
            "The model's files are not where they should be."),
    SCRIPT_INVALID(
            "UserScriptImportError",
            Kind.USER,
            400,
            false,
            "The scoring script cannot be imported."),
    SCRIPT_FUNCTION_MISSING(
            "UserScriptFunctionNotFound",
            Kind.USER,
            400,
            false,
            "The scoring script lacks init() or run()."),
    INIT_FAILED("UserScriptInitFailed", Kind.MODEL, 400, false, "init() raised, or never ended."),
    OUT_OF_MEMORY(
            "OutOfMemory",
            Kind.MODEL,
            400,
            false,
            "The instance used more memory than its instance type has."),
    NOT_READY("ResourceNotReady", Kind.MODEL, 400, false, "The instances did not become ready."),
    CANCELED(
            "OperationCanceled",
            Kind.USER,
            400,
            false,
            "The operation was canceled by a newer one or by the user."),
    INTERRUPTED(
            "OperationInterrupted",
            Kind.INTERNAL,
            500,
            true,
            "Farol stopped while the operation ran."),
    UNAVAILABLE(
            "ServiceUnavailable",
            Kind.DEPENDENCY,
            503,
            true,
            "A part of Farol is not available right now."),
    INTERNAL(
            "InternalServerError",
            Kind.INTERNAL,
            500,
            false,
            "A fault in Farol. Its log has the details.");

    /** Whose fault an error is. */
    public enum Kind {
        USER,
        AUTH,
        CONFLICT,
        LIMIT,
        MODEL,
        DEPENDENCY,
        INTERNAL;

        /** The exit code of the command line for errors of this kind. */
        public int exitCode() {
            return switch (this) {
                case USER, MODEL -> 1;
                case CONFLICT -> 3;
                case AUTH -> 4;
                case LIMIT, DEPENDENCY -> 5;
                case INTERNAL -> 70;
            };
        }
    }

    private final String wire;
    private final Kind kind;
    private final int status;
    private final boolean retryable;
    private final String doc;

    ErrorCode(String wire, Kind kind, int status, boolean retryable, String doc) {
        this.wire = wire;
        this.kind = kind;
        this.status = status;
        this.retryable = retryable;
        this.doc = doc;
    }

    /** The code as it stands in {@code error.code}. */
    public String wire() {
        return wire;
    }

    public Kind kind() {
        return kind;
    }

    /** The HTTP status of an answer that carries this code. */
    public int status() {
        return status;
    }

    /** Whether the same request may succeed later without a change. */
    public boolean retryable() {
        return retryable;
    }

    /** One sentence for the generated page of errors. */
    public String doc() {
        return doc;
    }
}
