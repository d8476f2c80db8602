/** How many requests an instance runs, how many may wait, and for how long. */
@NullMarked
package dev.farol.runtime.lane;

import org.jspecify.annotations.NullMarked;
