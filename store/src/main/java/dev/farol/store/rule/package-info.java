/**
 * What every store agrees on: how a resource and an operation change, how ids compare, what is
 * refused. The implementations only keep the rows. Nothing here does I/O.
 */
@NullMarked
package dev.farol.store.rule;

import org.jspecify.annotations.NullMarked;
