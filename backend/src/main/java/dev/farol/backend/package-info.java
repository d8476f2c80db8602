/**
 * Instances: HTTP servers in process trees of their own, started, watched, restarted, stopped. The
 * door is the port {@link dev.farol.backend.Backend}; {@code local} runs them as processes of this
 * machine.
 */
@NullMarked
package dev.farol.backend;

import org.jspecify.annotations.NullMarked;
