package dev.farol.control.arm;

import dev.farol.wire.ApiResponse;
import java.io.IOException;

/** Answers one route. */
@FunctionalInterface
interface ArmHandler {
    ApiResponse handle(ArmCall call) throws IOException;
}
