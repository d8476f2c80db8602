package dev.farol.store.sql;

import java.sql.ResultSet;
import java.sql.SQLException;

/** Reads one row. Columns are read by number, in the order of the query. */
@FunctionalInterface
public interface Row<T> {
    T read(ResultSet row) throws SQLException;
}
