/**
 * A private certificate authority for one machine, and server certificates from it. Everything is
 * PEM files; a start that finds them valid only reads.
 */
@NullMarked
package dev.farol.kit.certificate;

import org.jspecify.annotations.NullMarked;
