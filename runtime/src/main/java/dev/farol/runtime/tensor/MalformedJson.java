package dev.farol.runtime.tensor;

/** A body that is no JSON, or not the JSON that was expected; the message is for the caller. */
public final class MalformedJson extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public MalformedJson(String message) {
        super(message, null, false, false);
    }
}
