package dev.farol.environment.canary;

import dev.farol.store.Store;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class EnvironmentImportsStore {
    final Class<?> forbidden = Store.class;
}
