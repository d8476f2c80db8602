package dev.farol.store.sql;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import org.flywaydb.core.Flyway;
import org.flywaydb.core.api.FlywayException;

/**
 * Runs scripts that a database has not seen. Alone, so that no other class needs Flyway to load.
 */
final class Migration {
    private Migration() {}

    static void run(String folder, Dialect dialect) {
        try {
            Flyway.configure(Migration.class.getClassLoader())
                    .dataSource(dialect.dataSource())
                    .locations("classpath:" + folder)
                    .placeholders(dialect.placeholders())
                    .table(Schema.HISTORY)
                    .loggers("slf4j")
                    .load()
                    .migrate();
        } catch (FlywayException e) {
            throw new FarolException(
                    Problem.of(
                            ErrorCode.UNAVAILABLE,
                            "The database could not be brought up to date: " + e.getMessage()),
                    e);
        }
    }
}
