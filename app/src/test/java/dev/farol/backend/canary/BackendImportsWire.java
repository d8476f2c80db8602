package dev.farol.backend.canary;

import dev.farol.wire.Headers;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class BackendImportsWire {
    final Class<?> forbidden = Headers.class;
}
