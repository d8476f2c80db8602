package dev.farol.control.reconcile;

import dev.farol.spec.Verdict;
import java.util.ArrayDeque;
import java.util.List;

/** The last lines of a text that grows, as many as a verdict holds. */
final class Tail {
    private final ArrayDeque<String> lines = new ArrayDeque<>();

    synchronized void add(String line) {
        if (lines.size() == Verdict.MAX_LINES) {
            lines.removeFirst();
        }
        lines.addLast(line);
    }

    synchronized List<String> lines() {
        return List.copyOf(lines);
    }
}
