package dev.farol.mlflow.canary;

import dev.farol.store.Store;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class MlflowImportsStore {
    final Class<?> forbidden = Store.class;
}
