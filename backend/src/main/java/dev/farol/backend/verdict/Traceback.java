package dev.farol.backend.verdict;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The last Python traceback of a log.
 *
 * @param exception its last line, such as {@code ValueError: no}
 */
record Traceback(List<Frame> frames, String exception) {
    /** One call, with the line of source that Python shows below it. */
    record Frame(String file, int line, String function, String source) {
        boolean below(Path folder) {
            return Path.of(file).normalize().startsWith(folder);
        }

        /** {@code score.py:3 in init: model = load()}. */
        String text(Path folder) {
            String name = below(folder) ? folder.relativize(Path.of(file)).toString() : file;
            String in = function.isEmpty() ? "" : " in " + function;
            return name + ":" + line + in + (source.isEmpty() ? "" : ": " + source);
        }
    }

    private static final String HEAD = "Traceback (most recent call last):";
    private static final Pattern FRAME =
            Pattern.compile("^\\s*File \"(.+)\", line (\\d+)(?:, in (.+))?$");
    private static final Pattern EXCEPTION =
            Pattern.compile(
                    "^[A-Za-z_][\\w.]*(?:Error|Exception|Warning|Exit|Interrupt|Iteration"
                            + "|Group|[A-Z]\\w*)(?:: .*)?$");

    /** The last traceback, whatever stands before each of its lines. */
    static Optional<Traceback> lastOf(List<String> log) {
        int start = -1;
        for (int i = 0; i < log.size(); i++) {
            if (log.get(i).contains(HEAD) || bareSyntaxError(log, i, start)) {
                start = i;
            }
        }
        return start < 0 ? Optional.empty() : read(log, start);
    }

    /** Syntax errors of a file that is compiled, not imported, come without the head. */
    private static boolean bareSyntaxError(List<String> log, int at, int start) {
        return start < 0
                && FRAME.matcher(log.get(at)).find()
                && log.subList(at, Math.min(log.size(), at + 4)).stream()
                        .anyMatch(line -> line.matches("(Syntax|Indentation|Tab)Error: .*"));
    }

    private static Optional<Traceback> read(List<String> log, int start) {
        int prefix = Math.max(0, log.get(start).indexOf(HEAD));
        var frames = new ArrayList<Frame>();
        for (int i = start; i < log.size(); i++) {
            String line = cut(log.get(i), prefix);
            Matcher frame = FRAME.matcher(line);
            if (frame.find()) {
                frames.add(
                        new Frame(
                                frame.group(1),
                                Integer.parseInt(frame.group(2)),
                                Optional.ofNullable(frame.group(3)).orElse(""),
                                source(log, i + 1, prefix)));
            } else if (!line.startsWith(" ") && EXCEPTION.matcher(line).find()) {
                return Optional.of(new Traceback(List.copyOf(frames), line.strip()));
            }
        }
        return Optional.empty();
    }

    private static String source(List<String> log, int at, int prefix) {
        String line = at < log.size() ? cut(log.get(at), prefix) : "";
        return line.startsWith("    ") ? line.strip() : "";
    }

    private static String cut(String line, int prefix) {
        return line.length() > prefix ? line.substring(prefix) : line;
    }

    /** The deepest call in the user's own folder. */
    @Nullable Frame lastBelow(Path folder) {
        return frames.stream()
                .filter(frame -> frame.below(folder))
                .reduce((first, second) -> second)
                .orElse(null);
    }
}
