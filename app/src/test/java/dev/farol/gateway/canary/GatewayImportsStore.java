package dev.farol.gateway.canary;

import dev.farol.store.Store;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class GatewayImportsStore {
    final Class<?> forbidden = Store.class;
}
