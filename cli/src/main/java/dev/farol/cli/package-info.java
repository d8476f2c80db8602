/** The command line: the verbs and flags of az ml over the public REST API, and nothing private. */
@NullMarked
package dev.farol.cli;

import org.jspecify.annotations.NullMarked;
