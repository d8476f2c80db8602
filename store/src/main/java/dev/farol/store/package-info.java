/**
 * What must not be lost: resources, operations, objects. The door is the ports; {@code sql}
 * implements them on SQLite and PostgreSQL, {@code memory} for tests of other rooms, {@code folder}
 * keeps objects in a directory.
 */
@NullMarked
package dev.farol.store;

import org.jspecify.annotations.NullMarked;
