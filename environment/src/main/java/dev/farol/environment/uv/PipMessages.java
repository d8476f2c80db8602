package dev.farol.environment.uv;

import java.util.Optional;

/** What pip says when it fails. */
final class PipMessages {
    private static final String ERROR = "ERROR:";
    private static final int LONGEST = 300;

    private PipMessages() {}

    /**
     * The last error; of one that pip itself did not expect, which it tells as a stack trace, the
     * exception.
     */
    static Optional<String> reason(String messages) {
        Optional<String> last =
                messages.lines()
                        .filter(line -> line.startsWith(ERROR))
                        .map(line -> line.substring(ERROR.length()).strip())
                        .reduce((first, second) -> second);
        return last.flatMap(
                        error ->
                                error.equals("Exception:")
                                        ? exception(messages)
                                        : Optional.of(error))
                .map(line -> line.length() > LONGEST ? line.substring(0, LONGEST) + "…" : line);
    }

    private static Optional<String> exception(String messages) {
        return messages.lines()
                .filter(line -> line.matches("[\\w.]+(Error|Exception|Warning)?: .+"))
                .filter(line -> !line.startsWith("WARNING") && !line.startsWith(ERROR))
                .reduce((first, second) -> second);
    }
}
