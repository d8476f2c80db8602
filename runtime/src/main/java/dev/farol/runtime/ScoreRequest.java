package dev.farol.runtime;

import dev.farol.wire.Headers;
import java.nio.ByteBuffer;
import java.util.function.Supplier;

/**
 * A request to a model.
 *
 * @param get whether the arguments are in the query instead of the body
 * @param query percent-encoded, empty when there is none
 * @param headers made only for a model that wants them
 */
public record ScoreRequest(boolean get, String query, Supplier<Headers> headers, ByteBuffer body) {}
