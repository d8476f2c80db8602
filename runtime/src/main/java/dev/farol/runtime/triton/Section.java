package dev.farol.runtime.triton;

import dev.farol.runtime.triton.TextProto.Field;
import dev.farol.runtime.triton.TextProto.Message;
import dev.farol.runtime.triton.TextProto.Scalar;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A message of a configuration. Each field is asked for by its name; {@link #done} refuses what
 * nobody asked for.
 */
final class Section {
    private final Path file;
    private final String path;
    private final int line;
    private final List<Field> fields;
    private final Set<String> known = new HashSet<>();

    /**
     * @param path for messages; empty for the whole file
     */
    Section(Path file, String path, int line, List<Field> fields) {
        this.file = file;
        this.path = path;
        this.line = line;
        this.fields = fields;
    }

    int line() {
        return line;
    }

    Unusable fault(int at, String message) {
        return Unusable.at(file, at, message);
    }

    Unusable fault(String message) {
        return fault(line, message);
    }

    private String named(String field) {
        return path.isEmpty() ? field : path + "." + field;
    }

    private List<Field> all(String name) {
        known.add(name);
        return fields.stream().filter(field -> field.name().equals(name)).toList();
    }

    boolean has(String name) {
        return !all(name).isEmpty();
    }

    private @Nullable Field one(String name) {
        List<Field> found = all(name);
        if (found.size() > 1) {
            throw fault(found.get(1).line(), named(name) + " is given twice");
        }
        return found.isEmpty() ? null : found.getFirst();
    }

    private Scalar scalar(Field field) {
        if (field.value() instanceof Scalar scalar) {
            return scalar;
        }
        throw fault(field.line(), named(field.name()) + " is a message (expected: a value)");
    }

    private String text(Field field) {
        Scalar scalar = scalar(field);
        if (!scalar.quoted()) {
            throw fault(
                    field.line(),
                    named(field.name()) + " is " + scalar.text() + " (expected: a text in quotes)");
        }
        return scalar.text();
    }

    String text(String name) {
        Field field = one(name);
        return field == null ? "" : text(field);
    }

    /** A word of an enum. */
    String word(String name, String otherwise) {
        Field field = one(name);
        return field == null ? otherwise : scalar(field).text();
    }

    boolean flag(String name) {
        Field field = one(name);
        if (field == null) {
            return false;
        }
        String text = scalar(field).text();
        return switch (text) {
            case "true", "True", "t", "1" -> true;
            case "false", "False", "f", "0" -> false;
            default ->
                    throw fault(
                            field.line(),
                            named(name) + " is " + text + " (expected: true or false)");
        };
    }

    private long number(Field field, long least, long most) {
        String text = scalar(field).text();
        try {
            long value = Long.parseLong(text);
            if (value >= least && value <= most) {
                return value;
            }
        } catch (NumberFormatException none) {
            throw fault(
                    field.line(), named(field.name()) + " is '" + text + "' (expected: a number)");
        }
        throw fault(
                field.line(),
                named(field.name()) + " is " + text + " (expected: " + least + " to " + most + ")");
    }

    long number(String name, long otherwise, long least, long most) {
        Field field = one(name);
        return field == null ? otherwise : number(field, least, most);
    }

    List<Long> numbers(String name, long least, long most) {
        var numbers = new ArrayList<Long>();
        all(name).forEach(field -> numbers.add(number(field, least, most)));
        return numbers;
    }

    private Section section(Field field) {
        if (field.value() instanceof Message message) {
            return new Section(file, named(field.name()), field.line(), message.fields());
        }
        throw fault(field.line(), named(field.name()) + " is a value (expected: fields in braces)");
    }

    @Nullable Section section(String name) {
        Field field = one(name);
        return field == null ? null : section(field);
    }

    List<Section> sections(String name) {
        return all(name).stream().map(this::section).toList();
    }

    /** A map: messages with a key and a value. */
    Map<String, String> map(String name) {
        var map = new LinkedHashMap<String, String>();
        for (Section entry : sections(name)) {
            String key = entry.text("key");
            if (map.put(key, entry.text("value")) != null) {
                throw entry.fault(named(name) + " has the key '" + key + "' twice");
            }
            entry.done();
        }
        return map;
    }

    /** Refuses the field by its name. */
    void unsupported(String name, String expected) {
        List<Field> found = all(name);
        if (!found.isEmpty()) {
            throw fault(
                    found.getFirst().line(),
                    named(name) + " is not supported (expected: " + expected + ")");
        }
    }

    /** Refuses what nobody asked for. */
    void done() {
        for (Field field : fields) {
            if (!known.contains(field.name())) {
                throw fault(
                        field.line(),
                        named(field.name())
                                + " is not known (expected one of: "
                                + String.join(", ", new TreeSet<>(known))
                                + ")");
            }
        }
    }
}
