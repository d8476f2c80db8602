/**
 * Triton's model repository: finds models in a folder, reads their {@code config.pbtxt}, loads
 * their versions, and computes ensembles of them.
 */
@NullMarked
package dev.farol.runtime.triton;

import org.jspecify.annotations.NullMarked;
