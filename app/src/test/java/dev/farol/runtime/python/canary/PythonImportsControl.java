package dev.farol.runtime.python.canary;

import dev.farol.control.Nudge;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class PythonImportsControl {
    final Class<?> forbidden = Nudge.class;
}
