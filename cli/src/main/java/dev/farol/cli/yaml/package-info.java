/**
 * A user's YAML: read with the position of every value, overridden by {@code --set}, checked
 * against schema tables all at once. Nothing here speaks HTTP.
 */
@NullMarked
package dev.farol.cli.yaml;

import org.jspecify.annotations.NullMarked;
