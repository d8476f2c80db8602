package dev.farol.store.canary;

import dev.farol.wire.Headers;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class StoreImportsWire {
    final Class<?> forbidden = Headers.class;
}
