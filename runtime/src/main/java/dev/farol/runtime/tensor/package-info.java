/** Tensors, and the port of models that take and give them. */
@NullMarked
package dev.farol.runtime.tensor;

import org.jspecify.annotations.NullMarked;
