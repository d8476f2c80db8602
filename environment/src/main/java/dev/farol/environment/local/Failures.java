package dev.farol.environment.local;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.io.IOException;

/** What the JDK's exceptions are to the room's callers. */
final class Failures {
    private Failures() {}

    static FarolException files(IOException failed) {
        return new FarolException(
                Problem.of(
                        ErrorCode.UNAVAILABLE,
                        "Environments cannot be made on this machine: " + failed.getMessage()),
                failed);
    }

    static FarolException canceled() {
        return new FarolException(ErrorCode.CANCELED, "The environment is no longer wanted.");
    }
}
