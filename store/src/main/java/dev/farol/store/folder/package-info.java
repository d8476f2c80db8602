/**
 * Objects in a directory. Bytes are files named by their SHA-256, written to {@code tmp}, flushed
 * and renamed into {@code sha256/ab/cdef…}; names are rows of a SQLite index, which makes a write
 * visible at once and whole, holds any name whatever the file system allows, and needs no reading
 * at start. The order is always: bytes durable, then the row; row gone, then the bytes. A crash in
 * between leaves bytes without a name, which the next start removes.
 */
@NullMarked
package dev.farol.store.folder;

import org.jspecify.annotations.NullMarked;
