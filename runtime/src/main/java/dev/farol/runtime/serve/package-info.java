/** Serving a model that takes and gives tensors: its start, its routes, {@code /score}. */
@NullMarked
package dev.farol.runtime.serve;

import org.jspecify.annotations.NullMarked;
