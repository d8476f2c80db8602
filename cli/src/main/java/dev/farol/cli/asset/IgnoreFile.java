package dev.farol.cli.asset;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/**
 * What a folder leaves out of an upload: its {@code .amlignore}, or without one its {@code
 * .gitignore}, in the pattern language of git; and always {@code __pycache__}.
 */
final class IgnoreFile {
    private record Rule(Pattern pattern, boolean keeps, boolean folderOnly) {}

    private final List<Rule> rules = new ArrayList<>();

    private IgnoreFile() {
        add("__pycache__/");
    }

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
        if (text.isEmpty() || text.startsWith("#")) {
            return;
        }
        boolean keeps = text.startsWith("!");
        text = keeps || text.startsWith("\\") ? text.substring(1) : text;
        boolean folderOnly = text.endsWith("/");
        text = folderOnly ? text.substring(0, text.length() - 1) : text;
        boolean anchored = text.indexOf('/') >= 0;
        text = text.startsWith("/") ? text.substring(1) : text;
        if (!text.isEmpty()) {
            String regex = (anchored ? "" : "(?:.*/)?") + regex(text);
            rules.add(new Rule(Pattern.compile(regex), keeps, folderOnly));
        }
    }

    private static String regex(String glob) {
        var regex = new StringBuilder();
        for (int i = 0; i < glob.length(); i++) {
            char c = glob.charAt(i);
            if (glob.startsWith("**/", i)) {
                regex.append("(?:.*/)?");
                i += 2;
            } else if (glob.startsWith("**", i)) {
                regex.append(".*");
                i++;
            } else if (c == '*') {
                regex.append("[^/]*");
            } else if (c == '?') {
                regex.append("[^/]");
            } else if (c == '[' && glob.indexOf(']', i + 2) > 0) {
                int end = glob.indexOf(']', i + 2);
                String inside = glob.substring(i + 1, end).replace("\\", "\\\\");
                regex.append('[')
                        .append(inside.startsWith("!") ? "^" + inside.substring(1) : inside)
                        .append(']');
                i = end;
            } else {
                regex.append(Pattern.quote(String.valueOf(c)));
            }
        }
        return regex.toString();
    }

    /**
     * @param relative with forward slashes, without one at the end
     */
    boolean excludes(String relative, boolean folder) {
        boolean excluded = false;
        for (Rule rule : rules) {
            if ((folder || !rule.folderOnly()) && rule.pattern().matcher(relative).matches()) {
                excluded = !rule.keeps();
            }
        }
        return excluded;
    }
}
