package dev.farol.cli.canary;

import dev.farol.control.Nudge;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class CliImportsControl {
    final Class<?> forbidden = Nudge.class;
}
