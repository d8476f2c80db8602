/** {@link dev.farol.wire.EventLoop} and its HTTP server on Vert.x. */
@NullMarked
package dev.farol.wire.face;

import org.jspecify.annotations.NullMarked;
