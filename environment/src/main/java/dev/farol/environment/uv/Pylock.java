package dev.farol.environment.uv;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Reads the lock that uv writes (PEP 751) into pinned requirement lines. That format is asked for
 * because it has only the files that fit this interpreter, with hash and size; a requirements file
 * would have the hashes of all platforms, a hundred times as much text.
 *
 * <p>Only the shape that uv writes is read, one {@code key = value} or one element of a list a
 * line, not TOML at large.
 */
record Pylock(List<String> requirements, long bytes) {
    private static final Pattern TEXT = Pattern.compile("^(\\w[\\w-]*) = \"([^\"]*)\"$");
    private static final Pattern TABLE = Pattern.compile("^(\\w[\\w-]*) = (\\[?\\{.*|\\[)$");
    private static final Pattern HASH = Pattern.compile("hashes = \\{ (\\w+) = \"([0-9a-f]+)\"");
    private static final Pattern SIZE = Pattern.compile("\\bsize = (\\d+)");

    static Pylock parse(String text) {
        var requirements = new ArrayList<String>();
        long bytes = 0;
        Entry entry = null;
        for (String line : text.lines().toList()) {
            if (line.equals("[[packages]]")) {
                if (entry != null) {
                    requirements.add(entry.line());
                    bytes += entry.size;
                }
                entry = new Entry();
            } else if (entry != null) {
                entry.read(line);
            }
        }
        if (entry != null) {
            requirements.add(entry.line());
            bytes += entry.size;
        }
        return new Pylock(requirements, bytes);
    }

    /** One package, while its lines are read. */
    private static final class Entry {
        private String name = "";
        private @Nullable String version;
        private @Nullable String place;
        private final Set<String> hashes = new LinkedHashSet<>();
        private boolean wheels;
        private long size;

        void read(String line) {
            Matcher text = TEXT.matcher(line);
            if (text.matches()) {
                switch (text.group(1)) {
                    case "name" -> name = text.group(2);
                    case "version" -> version = text.group(2);
                    default -> {}
                }
                return;
            }
            Matcher table = TABLE.matcher(line);
            if (table.matches()) {
                start(table.group(1));
                file(table.group(1), table.group(2));
            } else if (line.startsWith("    {")) {
                file("wheels", line);
            }
        }

        /** With wheels the source is left out: its hash would be leave to build from it. */
        private void start(String key) {
            if (key.equals("wheels")) {
                wheels = true;
                hashes.clear();
                size = 0;
            }
        }

        private void file(String key, String value) {
            if (key.equals("sdist") && wheels) {
                return;
            }
            Matcher hash = HASH.matcher(value);
            while (hash.find()) {
                hashes.add("--hash=" + hash.group(1) + ":" + hash.group(2));
            }
            Matcher bytes = SIZE.matcher(value);
            if (size == 0 && bytes.find()) {
                size = Long.parseLong(bytes.group(1));
            }
            String where = field(value, "url");
            String path = field(value, "path");
            switch (key) {
                case "archive", "directory" -> place = where == null ? fileUrl(path) : where;
                case "vcs" -> place = "git+" + where + "@" + field(value, "commit-id");
                default -> {}
            }
        }

        private static @Nullable String field(String table, String key) {
            Matcher matcher = Pattern.compile("\\b" + key + " = \"([^\"]*)\"").matcher(table);
            return matcher.find() ? matcher.group(1) : null;
        }

        private static @Nullable String fileUrl(@Nullable String path) {
            return path == null ? null : java.nio.file.Path.of(path).toUri().toString();
        }

        String line() {
            String pinned = place != null ? name + " @ " + place : name + "==" + version;
            return hashes.isEmpty() || (place != null && place.startsWith("git+"))
                    ? pinned
                    : pinned + " " + String.join(" ", hashes);
        }
    }
}
