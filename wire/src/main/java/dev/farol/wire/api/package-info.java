/**
 * The server of blocking handlers: Vert.x reads and writes, virtual threads handle. The hop between
 * the two is here and nowhere else.
 */
@NullMarked
package dev.farol.wire.api;

import org.jspecify.annotations.NullMarked;
