package dev.farol.control.canary;

import dev.farol.gateway.Gateway;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class ControlImportsGateway {
    final Class<?> forbidden = Gateway.class;
}
