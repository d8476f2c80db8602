/**
 * Mechanisms that know nothing of serving: JSON, configuration, certificates, files, time. No room
 * of Farol may enter.
 */
@NullMarked
package dev.farol.kit;

import org.jspecify.annotations.NullMarked;
