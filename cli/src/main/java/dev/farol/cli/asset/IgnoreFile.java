package dev.farol.cli.asset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a folder leaves out of an upload: its {@code .amlignore}, or without one its {@code
 * .gitignore}. The patterns are read exactly as Azure's client reads them, which looks at files and
 * never prunes a folder, so that both send, and hash, the same files.
 */
final class IgnoreFile {
    private record Rule(Pattern pattern, boolean excludes) {}

    private final List<Rule> rules = new ArrayList<>();

    private IgnoreFile() {}

    static IgnoreFile of(Path folder) throws IOException {
        var ignore = new IgnoreFile();
        for (String name : List.of(".amlignore", ".gitignore")) {
            Path file = folder.resolve(name);
            if (Files.isRegularFile(file)) {
                Files.readAllLines(file).forEach(ignore::add);
                break;
            }
        }
        return ignore;
    }

    private void add(String line) {
        String text = line.stripTrailing();
        text = text.endsWith("\\") && line.startsWith(text + " ") ? text + " " : text;
        text = text.stripLeading();
        if (text.isEmpty() || text.startsWith("#") || text.equals("/")) {
            return;
        }
        boolean excludes = !text.startsWith("!");
        String regex = regex(excludes ? text : text.substring(1));
        if (regex != null) {
            rules.add(new Rule(Pattern.compile(regex, Pattern.DOTALL), excludes));
        }
    }

    private static @Nullable String regex(String pattern) {
        var segments = new ArrayList<>(List.of(pattern.split("/", -1)));
        boolean folder = segments.getLast().isEmpty();
        for (int i = segments.size() - 1; i > 0; i--) {
            if (segments.get(i).equals("**") && segments.get(i - 1).equals("**")) {
                segments.remove(i);
            }
        }
        if (segments.equals(List.of("**", ""))) {
            return ".+/.*";
        }
        if (segments.getFirst().isEmpty()) {
            segments.removeFirst();
        } else if (!segments.getFirst().equals("**")
                && (segments.size() == 1 || (segments.size() == 2 && folder))) {
            segments.addFirst("**");
        }
        if (segments.isEmpty()) {
            return null;
        }
        if (segments.size() > 1 && segments.getLast().isEmpty()) {
            segments.set(segments.size() - 1, "**");
        }
        return joined(segments);
    }

    private static String joined(List<String> segments) {
        var regex = new StringBuilder();
        boolean slash = false;
        int last = segments.size() - 1;
        for (int i = 0; i <= last; i++) {
            String segment = segments.get(i);
            if (segment.equals("**")) {
                if (i == 0) {
                    regex.append(last == 0 ? "[^/]+(?:/.*)?" : "(?:.+/)?");
                } else {
                    regex.append(i == last ? "/.*" : "(?:/.+)?");
                    slash = i != last;
                }
            } else {
                regex.append(slash ? "/" : "");
                regex.append(segment.equals("*") ? "[^/]+" : glob(segment));
                regex.append(i == last ? "(?:/.*)?" : "");
                slash = true;
            }
        }
        return regex.toString();
    }

    private static String glob(String segment) {
        var regex = new StringBuilder();
        for (int i = 0; i < segment.length(); i++) {
            char c = segment.charAt(i);
            int end = c == '[' ? bracketEnd(segment, i + 1) : -1;
            if (c == '\\' && i + 1 < segment.length()) {
                regex.append(Pattern.quote(segment.substring(++i, i + 1)));
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (end > 0) {
                regex.append(bracket(segment.substring(i + 1, end)));
                i = end;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }

    /** Where the bracket that opened before {@code start} closes; -1 when it does not. */
    private static int bracketEnd(String segment, int start) {
        int at = start;
        if (at < segment.length() && (segment.charAt(at) == '!' || segment.charAt(at) == '^')) {
            at++;
        }
        if (at < segment.length() && segment.charAt(at) == ']') {
            at++;
        }
        return segment.indexOf(']', at);
    }

    private static String bracket(String inside) {
        boolean not = inside.startsWith("!");
        String rest = not ? inside.substring(1) : inside;
        var regex = new StringBuilder(not ? "[^" : "[");
        for (char c : rest.toCharArray()) {
            regex.append("[]\\^&".indexOf(c) >= 0 ? "\\" : "").append(c);
        }
        return regex.append(']').toString();
    }

    /**
     * @param relative to the folder, with forward slashes, without one at the end
     */
    boolean excludes(String relative) {
        boolean excluded = false;
        for (Rule rule : rules) {
            if (rule.pattern().matcher(relative).matches()) {
                excluded = rule.excludes();
            }
        }
        return excluded;
    }
}
