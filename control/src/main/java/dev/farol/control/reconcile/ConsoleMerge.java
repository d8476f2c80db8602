package dev.farol.control.reconcile;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Several consoles as one text. Lines that begin with a time are put in its order; a line without
 * one stays behind the line that it followed. With more than one console every line begins with the
 * name of its instance.
 */
final class ConsoleMerge {
    private static final Pattern TIME =
            Pattern.compile("^\\[?(\\d{4}-\\d\\d-\\d\\d[T ]\\d\\d:\\d\\d:\\d\\d(?:[.,]\\d{1,9})?)");

    private record Line(String time, String text) {}

    private final List<Line> lines = new ArrayList<>();
    private final boolean prefixed;

    ConsoleMerge(boolean prefixed) {
        this.prefixed = prefixed;
    }

    void add(String instance, String console) {
        String time = "";
        for (String text : console.lines().toList()) {
            Matcher start = TIME.matcher(text);
            if (start.find()) {
                time = start.group(1).replace('T', ' ').replace(',', '.');
            }
            lines.add(new Line(time, prefixed ? "[" + instance + "] " + text : text));
        }
    }

    /** The newest lines, oldest first, each ending in a line break. */
    String tail(int count) {
        List<Line> sorted =
                prefixed ? lines.stream().sorted(Comparator.comparing(Line::time)).toList() : lines;
        var text = new StringBuilder();
        for (Line line : sorted.subList(Math.max(0, sorted.size() - count), sorted.size())) {
            text.append(line.text()).append('\n');
        }
        return text.toString();
    }
}
