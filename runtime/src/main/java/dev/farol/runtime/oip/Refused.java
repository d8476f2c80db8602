package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.Excerpt;
import dev.farol.wire.GrpcStatus;

/** Why a request gets no answer, in the protocol's own terms. */
public final class Refused extends RuntimeException {
    /** What kind of refusal it is, by the two codes that tell it. */
    public enum Kind {
        INVALID(400, GrpcStatus.INVALID_ARGUMENT),
        NOT_FOUND(404, GrpcStatus.NOT_FOUND),
        BAD_METHOD(405, GrpcStatus.UNIMPLEMENTED),
        TOO_LARGE(413, GrpcStatus.RESOURCE_EXHAUSTED),
        UNSUPPORTED(501, GrpcStatus.UNIMPLEMENTED),
        UNSUPPORTED_ENCODING(415, GrpcStatus.UNIMPLEMENTED),
        MODEL(500, GrpcStatus.INTERNAL),
        UNAVAILABLE(503, GrpcStatus.UNAVAILABLE);

        private final int http;
        private final GrpcStatus grpc;

        Kind(int http, GrpcStatus grpc) {
            this.http = http;
            this.grpc = grpc;
        }

        int http() {
            return http;
        }

        GrpcStatus grpc() {
            return grpc;
        }
    }

    private final Kind kind;

    public Refused(Kind kind, String message) {
        super(Excerpt.of(message), null, false, false);
        this.kind = kind;
    }

    static Refused invalid(String message) {
        return new Refused(Kind.INVALID, message);
    }

    public Kind kind() {
        return kind;
    }

    /** One sentence for the caller. */
    public String words() {
        return String.valueOf(getMessage());
    }
}
