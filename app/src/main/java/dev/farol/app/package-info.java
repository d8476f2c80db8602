/** Composition roots: main, and what each role is made of. Nobody imports this room. */
@NullMarked
package dev.farol.app;

import org.jspecify.annotations.NullMarked;
