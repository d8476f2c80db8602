/**
 * What a user wrote, understood: conda dependencies and pip lines become requirements that pip's
 * world knows, each with the line it came from. Pure: no file, no process.
 */
@NullMarked
package dev.farol.environment.definition;

import org.jspecify.annotations.NullMarked;
