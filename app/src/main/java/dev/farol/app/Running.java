package dev.farol.app;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells processes that run from those that only have their number still. */
final class Running {
    private Running() {}

    /** One that ended, and that nobody has asked for its exit code, does not run. */
    static boolean runs(ProcessHandle process) {
        return process.isAlive() && !waitsToBeAskedFor(process.pid());
    }

    private static boolean waitsToBeAskedFor(long pid) {
        try {
            String stat =
                    Files.readString(
                            Path.of("/proc", Long.toString(pid), "stat"),
                            StandardCharsets.ISO_8859_1);
            // After the name, which may hold anything.
            return stat.startsWith("Z", stat.lastIndexOf(')') + 2);
        } catch (IOException unreadable) {
            // Another system, or it is gone by now: then the system's answer is all there is.
            return false;
        }
    }
}
