/**
 * The verbs of {@code az ml}: flags as data, the sequence of calls behind each, and the view of the
 * answers that is printed.
 */
@NullMarked
package dev.farol.cli.verb;

import org.jspecify.annotations.NullMarked;
