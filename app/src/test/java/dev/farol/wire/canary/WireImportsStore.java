package dev.farol.wire.canary;

import dev.farol.store.Store;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class WireImportsStore {
    final Class<?> forbidden = Store.class;
}
