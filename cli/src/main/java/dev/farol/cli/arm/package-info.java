/**
 * The ARM REST API as this command line calls it: where the server is, tokens, calls, long-running
 * operations, errors.
 */
@NullMarked
package dev.farol.cli.arm;

import org.jspecify.annotations.NullMarked;
