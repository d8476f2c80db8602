/** Frames over Unix domain sockets on Vert.x. */
@NullMarked
package dev.farol.wire.frame;

import org.jspecify.annotations.NullMarked;
