package dev.farol.cli.yaml;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Checks a definition against its schema and turns it into plain values: text, {@link Long}, {@link
 * Boolean}, maps and lists; local files and folders as absolute {@link Path}s; words as the wire
 * spells them. Everything that is wrong is collected.
 */
public final class Checker {
    private final Path base;
    private final List<Violation> violations;

    /**
     * @param base the folder that relative paths start from
     */
    public Checker(Path base, List<Violation> violations) {
        this.base = base;
        this.violations = violations;
    }

    /** The values of the document; only complete when no violation was added. */
    public Map<String, @Nullable Object> check(Node.Fields document, Schema schema) {
        if (!new SchemaKind(violations).fits(document, schema)) {
            return Map.of();
        }
        Map<String, @Nullable Object> values = section(document, schema, "");
        new Rules(violations).check(document, values, schema);
        return values;
    }

    private Map<String, @Nullable Object> section(Node.Fields node, Schema schema, String path) {
        var values = new LinkedHashMap<String, @Nullable Object>();
        node.entries()
                .forEach(
                        (name, entry) -> {
                            String key = path.isEmpty() ? name : path + "." + name;
                            Schema.Key known = schema.keys().get(name);
                            if (known == null && entry.keyAt().equals(At.SERVICE)) {
                                return;
                            }
                            if (known == null) {
                                unknown(entry.keyAt(), key, name, schema);
                            } else if (!(known.type() instanceof Type.Printed)) {
                                Object value = value(entry, known, key);
                                if (value != null) {
                                    values.put(name, value);
                                }
                            }
                        });
        for (Schema.Key key : schema.keys().values()) {
            Node present = node.value(key.name());
            if (key.required()
                    && !node.at().equals(At.SERVICE)
                    && (present == null || (present instanceof Node.Scalar s && s.isNull()))) {
                missing(node, key, path);
            }
        }
        return values;
    }

    private void missing(Node.Fields node, Schema.Key key, String path) {
        String full = path.isEmpty() ? key.name() : path + "." + key.name();
        violations.add(new Violation(node.at(), full, "is missing", Expected.of(key.type())));
    }

    private void unknown(At at, String path, String name, Schema schema) {
        String nearest = schema.nearest(name);
        violations.add(
                new Violation(
                        at,
                        path,
                        "unknown key" + (nearest == null ? "" : ", did you mean " + nearest + "?"),
                        "one of " + String.join(", ", schema.offered())));
    }

    private @Nullable Object value(Node.Entry entry, Schema.Key key, String path) {
        Node node = entry.value();
        if (key.type() instanceof Type.Refused refused) {
            violations.add(new Violation(entry.keyAt(), path, refused.why(), refused.instead()));
            return null;
        }
        if (node instanceof Node.Scalar scalar && scalar.isNull()) {
            return null;
        }
        return switch (key.type()) {
            case Type.Text text -> text(node, text, path);
            case Type.Choice choice -> choice(node, choice, path);
            case Type.Whole whole -> whole(node, whole, path);
            case Type.Flag flag -> flag(node, path);
            case Type.Texts texts -> texts(node, path);
            case Type.Shares shares -> shares(node, shares, path);
            case Type.Section inner ->
                    node instanceof Node.Fields fields
                            ? section(fields, inner.schema(), path)
                            : wrong(node, key.type(), path);
            case Type.Each each -> each(node, each, path);
            case Type.Free free -> node.content();
            case Type.Folder folder -> folder(node, folder, path);
            case Type.Source source -> source(node, source, path);
            case Type.Context context -> context(node, path);
            case Type.Named named -> named(node, named, path);
            case Type.Conda conda -> conda(node, path);
            case Type.Asset asset -> asset(node, asset, path);
            case Type.Refused refused -> null;
            case Type.Printed printed -> null;
        };
    }

    private @Nullable Object wrong(Node node, Type type, String path) {
        violations.add(new Violation(node.at(), path, "is " + node.noun(), Expected.of(type)));
        return null;
    }

    private @Nullable Object text(Node node, Type.Text type, String path) {
        if (!(node instanceof Node.Scalar scalar)) {
            return wrong(node, type, path);
        }
        if (type.rule() != null && !node.at().equals(At.SERVICE)) {
            boolean bad = type.rule().violation(scalar.text()).isPresent();
            if (bad) {
                violations.add(
                        new Violation(
                                node.at(),
                                path,
                                "'" + scalar.text() + "' is not a valid name",
                                Expected.of(type)));
            }
        }
        return scalar.text();
    }

    private @Nullable Object choice(Node node, Type.Choice type, String path) {
        if (!(node instanceof Node.Scalar scalar)) {
            return wrong(node, type, path);
        }
        String word = scalar.text().toLowerCase(Locale.ROOT);
        String wire = type.wireByWord().get(word);
        if (wire != null) {
            return wire;
        }
        for (String spelling : type.wireByWord().values()) {
            if (spelling.equalsIgnoreCase(word)) {
                return spelling;
            }
        }
        if (node.at().equals(At.SERVICE)) {
            return scalar.text();
        }
        String why = type.notOffered().get(word);
        if (why != null) {
            violations.add(new Violation(node.at(), path, why, Expected.of(type)));
            return null;
        }
        return wrong(node, type, path);
    }

    private @Nullable Object whole(Node node, Type.Whole type, String path) {
        Long number = node instanceof Node.Scalar scalar ? Scalars.integer(scalar) : null;
        boolean fits = number != null && number >= type.min() && number <= type.max();
        return fits || (number != null && node.at().equals(At.SERVICE))
                ? number
                : wrong(node, type, path);
    }

    private @Nullable Object flag(Node node, String path) {
        Boolean flag = node instanceof Node.Scalar scalar ? scalar.flag() : null;
        return flag == null ? wrong(node, new Type.Flag(), path) : flag;
    }

    private @Nullable Object texts(Node node, String path) {
        if (!(node instanceof Node.Fields fields)) {
            return wrong(node, new Type.Texts(), path);
        }
        var texts = new LinkedHashMap<String, @Nullable Object>();
        fields.entries()
                .forEach(
                        (name, entry) -> {
                            if (entry.value() instanceof Node.Scalar scalar) {
                                texts.put(name, scalar.isNull() ? "" : scalar.text());
                            } else {
                                violations.add(
                                        new Violation(
                                                entry.value().at(),
                                                path + "." + name,
                                                "is " + entry.value().noun(),
                                                "text"));
                            }
                        });
        return texts;
    }

    private @Nullable Object shares(Node node, Type.Shares type, String path) {
        if (!(node instanceof Node.Fields fields)) {
            return wrong(node, type, path);
        }
        var shares = new LinkedHashMap<String, @Nullable Object>();
        fields.entries()
                .forEach(
                        (name, entry) -> {
                            Object share =
                                    whole(
                                            entry.value(),
                                            new Type.Whole(0, type.max()),
                                            path + "." + name);
                            if (share != null) {
                                shares.put(name, share);
                            }
                        });
        return shares;
    }

    private @Nullable Object each(Node node, Type.Each type, String path) {
        if (!(node instanceof Node.Items list)) {
            return wrong(node, type, path);
        }
        var values = new ArrayList<@Nullable Object>();
        for (int i = 0; i < list.items().size(); i++) {
            Node item = list.items().get(i);
            String at = path + "[" + i + "]";
            if (item instanceof Node.Fields fields) {
                values.add(section(fields, type.schema(), at));
            } else {
                wrong(item, new Type.Section(type.schema()), at);
            }
        }
        return values;
    }

    private @Nullable Object folder(Node node, Type.Folder type, String path) {
        if (!(node instanceof Node.Scalar scalar)) {
            return wrong(node, type, path);
        }
        if (Reference.looksLike(scalar.text())) {
            return reference(scalar, path);
        }
        Path folder = resolve(scalar.text());
        if (folder == null || !Files.isDirectory(folder)) {
            notThere(scalar, path, folder, "a folder");
            return null;
        }
        return folder;
    }

    private @Nullable Object source(Node node, Type.Source type, String path) {
        if (!(node instanceof Node.Scalar scalar)) {
            return wrong(node, type, path);
        }
        if (Uri.looksLike(scalar.text())) {
            return uri(scalar, path);
        }
        Path found = resolve(scalar.text());
        if (found == null || !Files.exists(found)) {
            notThere(scalar, path, found, "a file or folder");
            return null;
        }
        return found;
    }

    private @Nullable String uri(Node.Scalar scalar, String path) {
        String why = scalar.at().equals(At.SERVICE) ? null : Uri.refusal(scalar.text());
        if (why == null) {
            return scalar.text();
        }
        violations.add(
                new Violation(scalar.at(), path, "'" + scalar.text() + "' " + why, Uri.EXPECTED));
        return null;
    }

    private @Nullable Object context(Node node, String path) {
        if (!(node instanceof Node.Scalar scalar)) {
            return wrong(node, new Type.Context(), path);
        }
        if (Uri.looksLike(scalar.text())) {
            return uri(scalar, path);
        }
        Path folder = resolve(scalar.text());
        if (folder == null || !Files.isDirectory(folder)) {
            notThere(scalar, path, folder, "a folder");
            return null;
        }
        return folder;
    }

    private @Nullable Object named(Node node, Type.Named type, String path) {
        if (!(node instanceof Node.Fields fields)) {
            return wrong(node, type, path);
        }
        var values = new LinkedHashMap<String, @Nullable Object>();
        fields.entries()
                .forEach(
                        (name, entry) -> {
                            String at = path + "." + name;
                            if (entry.value() instanceof Node.Fields inner) {
                                values.put(name, section(inner, type.schema(), at));
                            } else {
                                wrong(entry.value(), new Type.Section(type.schema()), at);
                            }
                        });
        return values;
    }

    private @Nullable Object conda(Node node, String path) {
        if (node instanceof Node.Fields fields) {
            return fields.content();
        }
        if (!(node instanceof Node.Scalar scalar)) {
            return wrong(node, new Type.Conda(), path);
        }
        if (scalar.text().contains("\n")) {
            return YamlFile.parse(scalar.text(), path, violations) == null ? null : scalar.text();
        }
        Path file = resolve(scalar.text());
        if (file == null || !Files.isRegularFile(file)) {
            notThere(scalar, path, file, "a file");
            return null;
        }
        return YamlFile.read(file, scalar.text(), violations) == null ? null : file;
    }

    private @Nullable Object asset(Node node, Type.Asset type, String path) {
        if (node instanceof Node.Fields fields) {
            return section(fields, type.inline(), path);
        }
        if (!(node instanceof Node.Scalar scalar)) {
            return wrong(node, type, path);
        }
        if (!scalar.text().startsWith("file:")) {
            return reference(scalar, path);
        }
        String name = scalar.text().substring("file:".length());
        Path file = resolve(name);
        if (file == null || !Files.isRegularFile(file)) {
            notThere(scalar, path, file, "a file");
            return null;
        }
        Node.Fields content = YamlFile.read(file, name, violations);
        Path folder = file.getParent();
        return content == null || folder == null
                ? null
                : new Checker(folder, violations).section(content, type.inline(), path);
    }

    private @Nullable Object reference(Node.Scalar scalar, String path) {
        if (Reference.parse(scalar.text()) == null) {
            violations.add(
                    new Violation(
                            scalar.at(),
                            path,
                            "'" + scalar.text() + "' is not a reference",
                            Reference.EXPECTED));
            return null;
        }
        return scalar.text();
    }

    private @Nullable Path resolve(String text) {
        try {
            return base.resolve(text).normalize();
        } catch (InvalidPathException unusable) {
            return null;
        }
    }

    private void notThere(Node.Scalar scalar, String path, @Nullable Path resolved, String what) {
        violations.add(
                new Violation(
                        scalar.at(),
                        path,
                        "'" + scalar.text() + "' is not there",
                        what + (resolved == null ? "" : " at " + resolved)));
    }
}
