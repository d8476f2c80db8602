/**
 * Instances as process trees of this machine: one supervisor per instance, zygotes per environment,
 * and the promise that nothing of them outlives Farol.
 */
@NullMarked
package dev.farol.backend.local;

import org.jspecify.annotations.NullMarked;
