package dev.farol.gateway;

/** Header names and values of contracts §4.3. */
final class Reasons {
    static final String HEADER = "ms-azureml-model-error-reason";
    static final String STATUS_HEADER = "ms-azureml-model-error-statuscode";
    static final String TIME_HEADER = "ms-azureml-model-time";
    static final String DEPLOYMENT_HEADER = "azureml-model-deployment";
    static final String MODEL_ERROR = "model_error";
    static final String NOT_READY = "model_not_ready";
    static final String TOO_MANY = "too_many_pending_request";
    static final String TOO_LARGE = "request_too_large";
    static final String WORKER_LOST = "worker_lost";
    static final String TIMEOUT = "request_timeout";
    static final String REQUEST_DELAY = "ms-azureml-bandwidth-request-delay-ms";
    static final String RESPONSE_DELAY = "ms-azureml-bandwidth-response-delay-ms";
    static final String MALFORMED = "malformed_request";
    static final String CLIENT_GONE = "client_gone";
    static final String SERVER = "azureml-frontdoor";

    private Reasons() {}
}
