/**
 * Stored documents as typed values with every default filled in. Reading is tolerant, because what
 * clients wrote was accepted once and must never stop a reconciler; nothing here talks to a store.
 */
@NullMarked
package dev.farol.control.model;

import org.jspecify.annotations.NullMarked;
