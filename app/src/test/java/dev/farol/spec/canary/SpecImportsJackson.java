package dev.farol.spec.canary;

import tools.jackson.databind.JsonNode;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class SpecImportsJackson {
    final Class<?> forbidden = JsonNode.class;
}
