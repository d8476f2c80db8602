package dev.farol.cli.arm;

import dev.farol.kit.AtomicFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What {@code farol configure} keeps: the section {@code [defaults]} of {@code <home>/config}, in
 * the form of {@code az}'s own file. Other sections stay as they are.
 */
public final class Defaults {
    private static final String SECTION = "[defaults]";

    private final Path file;
    private final List<String> before = new ArrayList<>();
    private final Map<String, String> values = new TreeMap<>();
    private final List<String> after = new ArrayList<>();

    private Defaults(Path file) {
        this.file = file;
    }

    /**
     * @throws CommandFailed when there is a file and it cannot be read
     */
    public static Defaults of(Path home) {
        var defaults = new Defaults(home.resolve("config"));
        try {
            defaults.read(Files.readAllLines(defaults.file));
        } catch (NoSuchFileException none) {
            return defaults;
        } catch (IOException unreadable) {
            throw CommandFailed.failed("Cannot be read: " + defaults.file);
        }
        return defaults;
    }

    private void read(List<String> lines) {
        List<String> rest = before;
        boolean ours = false;
        for (String line : lines) {
            String text = line.strip();
            if (text.startsWith("[")) {
                ours = text.equals(SECTION);
                rest = ours ? after : rest;
            }
            int equals = text.indexOf('=');
            if (!ours) {
                rest.add(line);
            } else if (equals > 0 && !text.startsWith("#") && !text.startsWith(";")) {
                values.put(text.substring(0, equals).strip(), text.substring(equals + 1).strip());
            }
        }
    }

    public Path file() {
        return file;
    }

    public @Nullable String get(String name) {
        return values.get(name);
    }

    public Map<String, String> all() {
        return Map.copyOf(values);
    }

    /** Empty text means that there is no default any more. */
    public void set(String name, String value) {
        if (value.isEmpty()) {
            values.remove(name);
        } else {
            values.put(name, value);
        }
    }

    /**
     * @throws CommandFailed when it cannot be written
     */
    public void write() {
        var lines = new ArrayList<>(before);
        if (!values.isEmpty()) {
            lines.add(SECTION);
            values.forEach((name, value) -> lines.add(name + " = " + value));
        }
        lines.addAll(after);
        try {
            Path folder = file.getParent();
            if (folder != null) {
                Files.createDirectories(folder);
            }
            AtomicFile.write(file, lines.isEmpty() ? "" : String.join("\n", lines) + "\n");
        } catch (IOException unwritable) {
            throw CommandFailed.failed("Cannot be written: " + file);
        }
    }
}
