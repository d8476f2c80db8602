package dev.farol.cli.yaml;

import java.util.List;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code --set}, {@code --add} and {@code --remove}: dotted paths with list positions ({@code
 * a.b[0].c}) into a document; a name with dots in it stands in quotes ({@code a.'b.c'}). A value
 * that starts with a bracket is read as JSON or YAML flow; everything else is a plain scalar.
 */
public final class Overrides {
    private static final Pattern STEP =
            Pattern.compile("'([^']*)'|\"([^\"]*)\"|(\\[[^]]*]|[^.\\[]+)");

    private final Node.Fields document;
    private final List<Violation> violations;

    public Overrides(Node.Fields document, List<Violation> violations) {
        this.document = document;
        this.violations = violations;
    }

    public void set(List<String> assignments) {
        for (String assignment : assignments) {
            At at = At.flag("--set");
            int equals = assignment.indexOf('=');
            if (equals < 1) {
                violations.add(
                        new Violation(at, "", "'" + assignment + "' has no '='", "path=value"));
            } else {
                put(at, assignment.substring(0, equals), assignment.substring(equals + 1), false);
            }
        }
    }

    /** Appends to lists; {@code --add key value} and {@code --add key=value} both. */
    public void add(List<String> words) {
        At at = At.flag("--add");
        for (int i = 0; i < words.size(); i++) {
            int equals = words.get(i).indexOf('=');
            if (equals > 0) {
                put(
                        at,
                        words.get(i).substring(0, equals),
                        words.get(i).substring(equals + 1),
                        true);
            } else if (i + 1 < words.size()) {
                put(at, words.get(i), words.get(++i), true);
            } else {
                violations.add(new Violation(at, words.get(i), "no value", "path value"));
            }
        }
    }

    public void remove(List<String> paths) {
        for (String path : paths) {
            String[] steps = steps(path);
            Node parent = walk(steps, false);
            String last = steps[steps.length - 1];
            boolean removed =
                    switch (parent) {
                        case Node.Fields fields -> fields.entries().remove(last) != null;
                        case Node.Items list -> removeAt(list, last);
                        case null, default -> false;
                    };
            if (!removed) {
                violations.add(new Violation(At.flag("--remove"), path, "there is none", null));
            }
        }
    }

    private static String[] steps(String path) {
        String[] steps =
                STEP.matcher(path)
                        .results()
                        .map(
                                found ->
                                        found.group(1) != null
                                                ? found.group(1)
                                                : found.group(2) != null
                                                        ? found.group(2)
                                                        : found.group(3))
                        .toArray(String[]::new);
        return steps.length == 0 ? new String[] {path} : steps;
    }

    private static boolean removeAt(Node.Items list, String step) {
        Integer index = index(step, list.items().size());
        return index != null && list.items().remove(index.intValue()) != null;
    }

    private void put(At at, String path, String text, boolean append) {
        String[] steps = steps(path);
        String last = steps[steps.length - 1];
        Node value = value(at, text);
        switch (walk(steps, true)) {
            case Node.Fields fields when append && fields.value(last) instanceof Node.Items list ->
                    list.items().add(value);
            case Node.Fields fields when append -> {
                var items = new java.util.ArrayList<Node>();
                items.add(value);
                fields.put(at, last, new Node.Items(at, items));
            }
            case Node.Fields fields -> fields.put(at, last, value);
            case Node.Items list -> {
                Integer index = index(last, list.items().size());
                if (index == null) {
                    violations.add(
                            new Violation(
                                    at, path, "there is no such item", "[0] or another position"));
                } else {
                    list.items().set(index, value);
                }
            }
            case null, default ->
                    violations.add(
                            new Violation(at, path, "leads into a value, not a mapping", null));
        }
    }

    private Node value(At at, String text) {
        if (text.startsWith("{") || text.startsWith("[")) {
            Node.Fields wrapped = YamlFile.parse("value: " + text, at.source(), violations);
            Node inner = wrapped == null ? null : wrapped.value("value");
            if (inner != null) {
                return Node.of(at, inner.content());
            }
        }
        return new Node.Scalar(at, text, true);
    }

    /** The node that holds the last step; missing mappings are made when {@code create}. */
    private @Nullable Node walk(String[] steps, boolean create) {
        Node here = document;
        for (int i = 0; i < steps.length - 1; i++) {
            Node next =
                    switch (here) {
                        case Node.Fields fields -> fields.value(steps[i]);
                        case Node.Items list -> {
                            Integer index = index(steps[i], list.items().size());
                            yield index == null ? null : list.items().get(index);
                        }
                        case Node.Scalar scalar -> null;
                    };
            boolean absent =
                    next == null || (next instanceof Node.Scalar scalar && scalar.isNull());
            if (absent && create && here instanceof Node.Fields fields) {
                next = Node.Fields.empty(At.flag("--set"));
                fields.put(At.flag("--set"), steps[i], next);
            }
            if (next == null) {
                return null;
            }
            here = next;
        }
        return here;
    }

    private static @Nullable Integer index(String step, int size) {
        if (!step.matches("\\[-?[0-9]{1,6}]")) {
            return null;
        }
        int index = Integer.parseInt(step.substring(1, step.length() - 1));
        int fromStart = index < 0 ? size + index : index;
        return fromStart >= 0 && fromStart < size ? fromStart : null;
    }
}
