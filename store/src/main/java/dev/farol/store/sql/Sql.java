package dev.farol.store.sql;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Statements on one connection; for one thread. Values are text, whole numbers, bytes or null. */
public final class Sql {
    private final Connection connection;

    Sql(Connection connection) {
        this.connection = connection;
    }

    /** Runs a change and answers how many rows it touched. */
    public int update(String text, @Nullable Object... values) {
        try (PreparedStatement statement = prepare(text, values)) {
            return statement.executeUpdate();
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    public <T> List<T> list(String text, Row<T> row, @Nullable Object... values) {
        List<T> found = new ArrayList<>();
        try (PreparedStatement statement = prepare(text, values);
                ResultSet rows = statement.executeQuery()) {
            while (rows.next()) {
                found.add(row.read(rows));
            }
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
        return found;
    }

    /** The first row, where there is one. */
    public <T> Optional<T> first(String text, Row<T> row, @Nullable Object... values) {
        try (PreparedStatement statement = prepare(text, values);
                ResultSet rows = statement.executeQuery()) {
            return rows.next() ? Optional.of(row.read(rows)) : Optional.empty();
        } catch (SQLException e) {
            throw new SqlFailure(e);
        }
    }

    /** The number in the only column of the only row. */
    public long number(String text, @Nullable Object... values) {
        return first(text, row -> row.getLong(1), values).orElseThrow();
    }

    private PreparedStatement prepare(String text, @Nullable Object... values) throws SQLException {
        PreparedStatement statement = connection.prepareStatement(text);
        try {
            for (int i = 0; i < values.length; i++) {
                bind(statement, i + 1, values[i]);
            }
        } catch (SQLException | RuntimeException e) {
            statement.close();
            throw e;
        }
        return statement;
    }

    private static void bind(PreparedStatement statement, int index, @Nullable Object value)
            throws SQLException {
        switch (value) {
            case null -> statement.setNull(index, Types.NULL);
            case String text -> statement.setString(index, text);
            case Long number -> statement.setLong(index, number);
            case Integer number -> statement.setInt(index, number);
            case byte[] bytes -> statement.setBytes(index, bytes);
            default -> throw new IllegalArgumentException("Cannot bind " + value.getClass());
        }
    }
}
