/**
 * Stores in a database: SQLite in a file, or PostgreSQL. Plain JDBC through {@link
 * dev.farol.store.sql.Sql}, one writer at a time, numbered migrations. Also what the object store
 * keeps its index with.
 */
@NullMarked
package dev.farol.store.sql;

import org.jspecify.annotations.NullMarked;
