package dev.farol.kit.canary;

import dev.farol.spec.Problem;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class KitImportsSpec {
    final Class<?> forbidden = Problem.class;
}
