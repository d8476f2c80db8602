/**
 * The only HTTP room: servers and clients, streaming, header hygiene, TLS, and how a {@link
 * dev.farol.spec.Problem} becomes an answer. Nothing here knows what an endpoint is. Deeper
 * packages are private to the room.
 */
@NullMarked
package dev.farol.wire;

import org.jspecify.annotations.NullMarked;
