/**
 * The data plane: who may call, where a request goes, what holds it. It knows the snapshot and
 * nothing else of control.
 */
@NullMarked
package dev.farol.gateway;

import org.jspecify.annotations.NullMarked;
