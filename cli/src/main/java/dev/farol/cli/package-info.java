/**
 * The command line: {@code az ml}'s verbs and flags over the public ARM REST API, and nothing
 * private. The door is {@link dev.farol.cli.Cli}; the streams, the clock, the environment and the
 * HTTP client come in through {@link dev.farol.cli.CliContext}. Deeper packages are private to the
 * room.
 */
@NullMarked
package dev.farol.cli;

import org.jspecify.annotations.NullMarked;
