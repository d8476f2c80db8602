package dev.farol.store.sql;

import java.sql.SQLException;

/** What a driver threw, on its way to {@link Database}, which repeats the work or gives up. */
public final class SqlFailure extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final SQLException reason;

    SqlFailure(SQLException reason) {
        super(reason.getMessage(), reason);
        this.reason = reason;
    }

    SQLException reason() {
        return reason;
    }
}
