/** Environments on this machine: resolving, building once, pruning. */
@NullMarked
package dev.farol.environment.local;

import org.jspecify.annotations.NullMarked;
