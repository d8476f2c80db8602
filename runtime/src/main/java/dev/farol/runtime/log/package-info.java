/** Where the output of workers goes. */
@NullMarked
package dev.farol.runtime.log;

import org.jspecify.annotations.NullMarked;
