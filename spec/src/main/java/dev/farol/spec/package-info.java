/**
 * The vocabulary of Farol: ids and name rules, resources, states and their transitions, errors,
 * verdicts, and the routing snapshot in which control and gateway meet. Plain data: only the JDK
 * and JSpecify may enter.
 */
@NullMarked
package dev.farol.spec;

import org.jspecify.annotations.NullMarked;
