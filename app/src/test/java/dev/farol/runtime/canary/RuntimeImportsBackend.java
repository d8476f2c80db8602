package dev.farol.runtime.canary;

import dev.farol.backend.Backend;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class RuntimeImportsBackend {
    final Class<?> forbidden = Backend.class;
}
