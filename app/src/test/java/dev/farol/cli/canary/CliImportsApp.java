package dev.farol.cli.canary;

import dev.farol.app.Main;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class CliImportsApp {
    final Class<?> forbidden = Main.class;
}
