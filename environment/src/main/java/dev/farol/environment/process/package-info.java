/**
 * Programs that the room runs: bounded in time, ended with everything they started, gone when Farol
 * is gone.
 */
@NullMarked
package dev.farol.environment.process;

import org.jspecify.annotations.NullMarked;
