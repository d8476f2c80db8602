/** How a worker's process comes to be: forked by a zygote, or started afresh. */
@NullMarked
package dev.farol.runtime.python.launch;

import org.jspecify.annotations.NullMarked;
