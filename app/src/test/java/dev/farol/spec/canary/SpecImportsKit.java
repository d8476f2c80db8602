package dev.farol.spec.canary;

import dev.farol.kit.Json;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class SpecImportsKit {
    final Class<?> forbidden = Json.class;
}
