package dev.farol.control.blob;

import dev.farol.spec.FarolException;

/**
 * A refusal in the blob protocol's own words.
 *
 * @param code goes into the body and the {@code x-ms-error-code} header
 */
record BlobError(int status, String code, String message) {
    static BlobError authentication(String detail) {
        return new BlobError(
                403,
                "AuthenticationFailed",
                "Server failed to authenticate the request. " + detail + ".");
    }

    static BlobError notFound() {
        return new BlobError(404, "BlobNotFound", "The specified blob does not exist.");
    }

    static BlobError container(String name) {
        return new BlobError(
                404, "ContainerNotFound", "The container '" + name + "' does not exist.");
    }

    static BlobError exists() {
        return new BlobError(409, "BlobAlreadyExists", "The specified blob already exists.");
    }

    static BlobError condition() {
        return new BlobError(
                412,
                "ConditionNotMet",
                "The condition specified using HTTP conditional header(s) is not met.");
    }

    static BlobError invalid(String message) {
        return new BlobError(400, "InvalidInput", message);
    }

    static BlobError copySource(String why) {
        return new BlobError(
                400,
                "CannotVerifyCopySource",
                "x-ms-copy-source cannot be copied from: " + why + ".");
    }

    /** What the store says, in this protocol's words. */
    static BlobError of(FarolException refused) {
        String message = refused.problem().message();
        return switch (refused.code()) {
            case CONFLICT -> exists();
            case PRECONDITION_FAILED -> condition();
            case RESOURCE_NOT_FOUND -> notFound();
            case UNAVAILABLE -> new BlobError(503, "ServerBusy", message);
            default ->
                    refused.code().status() < 500
                            ? invalid(message)
                            : new BlobError(500, "InternalError", message);
        };
    }

    static BlobError unsupported(String what) {
        return new BlobError(400, "UnsupportedOperation", what + " is not offered by Farol.");
    }

    /** Ends the request with this answer. */
    BlobException thrown() {
        return new BlobException(this);
    }

    /** Carries a refusal up to where it is answered; never leaves the package. */
    static final class BlobException extends RuntimeException {
        private static final long serialVersionUID = 1L;
        private final transient BlobError error;

        private BlobException(BlobError error) {
            super(error.message(), null, false, false);
            this.error = error;
        }

        BlobError error() {
            return error;
        }
    }
}
