/**
 * From the traces that a failed start leaves to the verdict that a person reads: rules as data,
 * each with what it recognises, the error it is and the likely fix.
 */
@NullMarked
package dev.farol.backend.verdict;

import org.jspecify.annotations.NullMarked;
