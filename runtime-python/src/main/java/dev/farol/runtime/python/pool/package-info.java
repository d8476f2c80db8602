/** The workers of a replica: who runs which request, who is healed. */
@NullMarked
package dev.farol.runtime.python.pool;

import org.jspecify.annotations.NullMarked;
