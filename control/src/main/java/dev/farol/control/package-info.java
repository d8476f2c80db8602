/**
 * The control plane: ARM REST, validation, operations, reconcilers from desired to observed, the
 * snapshot publisher.
 */
@NullMarked
package dev.farol.control;

import org.jspecify.annotations.NullMarked;
