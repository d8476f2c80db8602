/**
 * The ARM REST API: a table of routes, one class per resource noun, the shapes that bodies must
 * have, and the views that render what is stored. Writes desired state and starts operations; never
 * waits for a reconciler.
 */
@NullMarked
package dev.farol.control.arm;

import org.jspecify.annotations.NullMarked;
