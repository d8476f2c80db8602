/** The store without a disk: for tests of other rooms. Nothing outlives the process. */
@NullMarked
package dev.farol.store.memory;

import org.jspecify.annotations.NullMarked;
