/**
 * The client of the command line: the JDK's, with a private certificate authority beside the
 * system's.
 */
@NullMarked
package dev.farol.wire.client;

import org.jspecify.annotations.NullMarked;
