package dev.farol.wire;

/** Takes requests, on the loop's thread, once their body is complete. */
@FunctionalInterface
public interface FaceHandler {
    /** Answers now or later, exactly once. Must not block; what it throws is answered 500. */
    void handle(FaceExchange exchange);
}
