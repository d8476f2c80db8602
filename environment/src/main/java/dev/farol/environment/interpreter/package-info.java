/**
 * The interpreters of this machine: found by their real paths, asked once what they are, chosen by
 * what a definition wants; and the one that Maven repositories carry where there is none.
 */
@NullMarked
package dev.farol.environment.interpreter;

import org.jspecify.annotations.NullMarked;
