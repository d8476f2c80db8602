package dev.farol.gateway.canary;

import dev.farol.wire.api.VertxApiServer;

/** Breaks a rule of the rooms on purpose; RoomsTest must catch it. */
final class GatewayReachesBehindWire {
    final Class<?> forbidden = VertxApiServer.class;
}
