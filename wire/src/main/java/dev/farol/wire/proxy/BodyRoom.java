package dev.farol.wire.proxy;

import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.WriteBufferWaterMark;

/**
 * How much of the bodies that pass through them the connections of one event loop may hold. Much
 * saves large bodies half of their system calls; what many slow readers hold together must stay
 * small. So the first connections get much and all others Netty's 64 KiB.
 */
final class BodyRoom {
    /** The most that is read at once, in bytes. */
    static final int MAX_PIECE = 256 * 1024;

    private static final int GENEROUS = 64;
    private static final WriteBufferWaterMark MUCH =
            new WriteBufferWaterMark(MAX_PIECE / 2, 2 * MAX_PIECE);
    private static final AdaptiveRecvByteBufAllocator LARGE =
            new AdaptiveRecvByteBufAllocator(64, 2048, MAX_PIECE);

    private int clients;

    void opened() {
        clients++;
    }

    void closed() {
        clients--;
    }

    /** Before the first byte is read from the connection or written to it. */
    void assign(Channel connection) {
        if (clients < GENEROUS) {
            connection.config().setWriteBufferWaterMark(MUCH).setRecvByteBufAllocator(LARGE);
        }
    }
}
