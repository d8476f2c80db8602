package dev.farol.backend.local;

import java.util.Optional;

/**
 * A process beyond doubt: numbers are used again, a number and a start are not.
 *
 * @param start opaque, without spaces; equal for one process in every look, also across runs of
 *     Farol
 */
record ProcessId(long pid, String start) {
    /** As one line of a file of pids. */
    String line() {
        return pid + " " + start;
    }

    /** Reads {@link #line()}; a torn or foreign line is none. */
    static Optional<ProcessId> parse(String line) {
        String[] parts = line.strip().split(" ", -1);
        if (parts.length != 2 || !parts[0].matches("[1-9][0-9]{0,17}") || parts[1].isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ProcessId(Long.parseLong(parts[0]), parts[1]));
    }
}
