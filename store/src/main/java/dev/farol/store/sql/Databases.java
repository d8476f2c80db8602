package dev.farol.store.sql;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.Objects;

/** Opens databases with their tables in place. */
public final class Databases {
    private Databases() {}

    /** The database in {@code file}, made where it is missing. */
    public static Database sqlite(Path file, Schema schema) {
        Path absolute = file.toAbsolutePath();
        Path folder = Objects.requireNonNull(absolute.getParent(), "a file, not a root");
        try {
            Files.createDirectories(folder);
            SqliteLibrary.unpack(folder.resolve("native"));
        } catch (IOException e) {
            throw new FarolException(
                    Problem.of(ErrorCode.UNAVAILABLE, "Cannot open '" + absolute + "': " + e), e);
        }
        return open(new SqliteDialect(absolute), schema);
    }

    public static Database postgres(String url, String user, String password, Schema schema) {
        return open(new PostgresDialect(url, user, password), schema);
    }

    private static Database open(Dialect dialect, Schema schema) {
        try {
            schema.bringUp(dialect);
            return new Database(dialect);
        } catch (SQLException e) {
            dialect.close();
            throw Database.unavailable(e);
        } catch (RuntimeException e) {
            dialect.close();
            throw e;
        }
    }
}
