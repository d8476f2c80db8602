/** Several requests computed as one: rows of equal shape, put together and taken apart. */
@NullMarked
package dev.farol.runtime.batch;

import org.jspecify.annotations.NullMarked;
