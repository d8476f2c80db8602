package dev.farol.control.identity;

import java.time.Instant;

/**
 * A token for the callers of an endpoint.
 *
 * @param refreshAfter when its holder should ask for another
 */
public record EndpointToken(String token, Instant expiresAt, Instant refreshAfter) {}
