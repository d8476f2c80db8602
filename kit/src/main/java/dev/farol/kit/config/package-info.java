/**
 * Configuration: records bound from a YAML file, the environment and flags. {@link
 * dev.farol.kit.config.Configuration} is the entry; every problem is found before one is told.
 */
@NullMarked
package dev.farol.kit.config;

import org.jspecify.annotations.NullMarked;
