package dev.farol.cli.verb;

import dev.farol.cli.arm.CommandFailed;
import dev.farol.cli.yaml.At;
import dev.farol.cli.yaml.Checker;
import dev.farol.cli.yaml.Node;
import dev.farol.cli.yaml.Overrides;
import dev.farol.cli.yaml.Schema;
import dev.farol.cli.yaml.Violation;
import dev.farol.cli.yaml.YamlFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A definition on its way from the command line: the file, or what the service has and the file on
 * top of it, then the flags, then {@code --set}, then all checks at once.
 */
final class Definition {
    private static final Set<String> MERGED = Set.of("tags", "properties", "environment_variables");

    private final Invocation invocation;
    private final List<Violation> violations = new ArrayList<>();
    private final Node.Fields document;
    private final Path base;

    private Definition(Invocation invocation, Node.Fields start, @Nullable String name) {
        this.invocation = invocation;
        this.document = start;
        Path file = name == null ? null : invocation.file(name);
        Path folder = file == null ? null : file.getParent();
        this.base = folder == null ? invocation.context().workingDirectory() : folder;
        if (file != null && name != null) {
            Node.Fields read = YamlFile.read(file, name, violations);
            if (read == null) {
                throw refused();
            }
            read.entries().forEach(this::merge);
        }
    }

    /** A definition of something new. */
    static Definition fresh(Invocation invocation) {
        String name = invocation.text("--file");
        At at = name == null ? At.flag("the command line") : new At(name, 1, 1);
        return new Definition(invocation, Node.Fields.empty(at), name);
    }

    /** A change of something that the service has. */
    static Definition changing(Invocation invocation, Map<String, @Nullable Object> present) {
        return new Definition(invocation, fields(present), invocation.text("--file"));
    }

    /**
     * Something that the service has, read back as a definition; the flags of the command line are
     * about something else.
     */
    static Map<String, @Nullable Object> present(
            Map<String, @Nullable Object> present, Schema schema) {
        return new Checker(Path.of(""), new ArrayList<>()).check(fields(present), schema);
    }

    private static Node.Fields fields(Map<String, @Nullable Object> present) {
        Node.Fields fields = Node.Fields.empty(At.SERVICE);
        present.forEach((key, value) -> fields.put(At.SERVICE, key, Node.of(At.SERVICE, value)));
        return fields;
    }

    private void merge(String key, Node.Entry entry) {
        if (MERGED.contains(key)
                && document.value(key) instanceof Node.Fields present
                && entry.value() instanceof Node.Fields given) {
            present.entries().putAll(given.entries());
        } else {
            document.entries().put(key, entry);
        }
    }

    /** Takes a flag's value, if the command line has one, for a key. */
    Definition flag(String flag, String key) {
        String value = invocation.text(flag);
        if (value != null) {
            document.put(At.flag(flag), key, new Node.Scalar(At.flag(flag), value, false));
        }
        return this;
    }

    /** The same for a key of a section. */
    Definition flag(String flag, String section, String key) {
        String value = invocation.text(flag);
        if (value != null) {
            At at = At.flag(flag);
            Node.Fields fields =
                    document.value(section) instanceof Node.Fields present
                            ? present
                            : Node.Fields.empty(at);
            fields.put(at, key, new Node.Scalar(at, value, false));
            document.put(at, section, fields);
        }
        return this;
    }

    /** Adds {@code name=value} words to the tags. */
    Definition tags() {
        At at = At.flag("--tags");
        for (String word : invocation.arguments("--tags")) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                violations.add(new Violation(at, "tags", "'" + word + "' has no '='", "team=risk"));
                continue;
            }
            Node.Fields tags =
                    document.value("tags") instanceof Node.Fields present
                            ? present
                            : Node.Fields.empty(at);
            String value = word.substring(equals + 1);
            tags.put(at, word.substring(0, equals), new Node.Scalar(at, value, false));
            document.put(at, "tags", tags);
        }
        return this;
    }

    /** Takes {@code name=percent} words for a mapping; what is not named has no share. */
    Definition shares(String flag, String key) {
        List<String> words = invocation.words(flag);
        if (words.isEmpty()) {
            return this;
        }
        At at = At.flag(flag);
        Node.Fields shares = Node.Fields.empty(at);
        for (String word : words) {
            int equals = word.indexOf('=');
            if (equals < 1) {
                violations.add(new Violation(at, key, "'" + word + "' has no '='", "blue=90"));
            } else {
                String percent = word.substring(equals + 1);
                shares.put(at, word.substring(0, equals), new Node.Scalar(at, percent, true));
            }
        }
        document.put(at, key, shares);
        return this;
    }

    /**
     * @throws CommandFailed with every violation on a line of its own
     */
    Map<String, @Nullable Object> checked(Schema schema) {
        var overrides = new Overrides(document, violations);
        overrides.set(invocation.arguments("--set"));
        overrides.add(invocation.arguments("--add"));
        overrides.remove(invocation.arguments("--remove"));
        Map<String, @Nullable Object> values =
                new Checker(base, violations).check(document, schema);
        if (!violations.isEmpty()) {
            throw refused();
        }
        return values;
    }

    private CommandFailed refused() {
        String count = violations.size() == 1 ? "1 problem" : violations.size() + " problems";
        return CommandFailed.failed(
                count + ", nothing was changed:\n" + Violation.text(violations));
    }
}
