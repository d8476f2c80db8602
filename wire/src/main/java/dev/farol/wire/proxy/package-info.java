/**
 * The proxy, on Netty itself: its hop is the one that every request pays. A connection and all that
 * it needs (requests, kept connections to targets, timers) lives on one event loop, so nothing here
 * is locked.
 */
@NullMarked
package dev.farol.wire.proxy;

import org.jspecify.annotations.NullMarked;
