package dev.farol.kit.config;

import java.lang.reflect.AnnotatedElement;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Walks a record type and finds a value for each component: given as text, else in the file, else
 * the default. A problem is noted and the walk goes on with null; nothing is made from that.
 */
final class Binder {
    private final Map<String, String> environment;
    private final Given given;
    private final List<ConfigProblem> problems;
    final List<Setting> settings = new ArrayList<>();

    /** All keys with a value of their own, for hints. */
    final List<String> known = new ArrayList<>();

    Binder(Map<String, String> environment, Given given, List<ConfigProblem> problems) {
        this.environment = environment;
        this.given = given;
        this.problems = problems;
    }

    /**
     * A type with what there is for it.
     *
     * @param required where it is marked if it may be null; null when a record of defaults decides
     * @param listed whether it has a key of its own; not so within lists and maps
     */
    private record Place(
            Type type,
            @Nullable AnnotatedElement required,
            String key,
            @Nullable Node node,
            @Nullable Object standard,
            boolean listed) {
        Place within(Type element, String name, @Nullable Node item) {
            return new Place(element, Object.class, key + name, item, null, false);
        }
    }

    @Nullable Object record(
            Class<?> type, String key, @Nullable Node node, @Nullable Object standard) {
        return record(new Place(type, null, key, node, standard, true));
    }

    private @Nullable Object record(Place place) {
        Class<?> type = (Class<?>) place.type();
        int before = problems.size();
        Map<String, Node> entries = entries(place);
        Object standard = place.standard() != null ? place.standard() : Records.defaults(type);
        RecordComponent[] components = type.getRecordComponents();
        @Nullable Object[] values = new @Nullable Object[components.length];
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < components.length; i++) {
            String name = Text.kebab(components[i].getName());
            names.add(name);
            String childKey = place.key().isEmpty() ? name : place.key() + "." + name;
            values[i] =
                    value(
                            new Place(
                                    components[i].getGenericType(),
                                    standard != null ? null : components[i].getAnnotatedType(),
                                    childKey,
                                    entries.get(name),
                                    standard == null ? null : Records.read(components[i], standard),
                                    place.listed()));
        }
        entries.forEach(
                (name, entry) -> {
                    if (!names.contains(name)) {
                        String path = place.key().isEmpty() ? name : place.key() + "." + name;
                        problems.add(Given.unknown(path, entry.where(), Nearest.hint(name, names)));
                    }
                });
        return problems.size() > before ? null : construct(place, type, values);
    }

    private @Nullable Object construct(Place place, Class<?> type, @Nullable Object[] values) {
        try {
            return Records.construct(type, values);
        } catch (IllegalArgumentException e) {
            String where = place.node() == null ? "all sources" : place.node().where();
            wrong(place.key(), null, where, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private Map<String, Node> entries(Place place) {
        if (place.node() instanceof Node.Mapping mapping) {
            return mapping.entries();
        }
        if (place.node() != null) {
            wrong(place.key(), null, place.node().where(), "expected settings below this key");
        }
        return Map.of();
    }

    private @Nullable Object value(Place place) {
        if (place.type() instanceof ParameterizedType generic) {
            return collection(place, generic);
        }
        Class<?> type = (Class<?>) place.type();
        Text.Reader reader = Text.reader(type);
        if (type != Secret.class && reader == null) {
            return record(place);
        }
        Given.Value text = text(place);
        if (text == null && place.node() != null) {
            wrong(place.key(), null, place.node().where(), "expected a single value");
            return null;
        }
        if (text == null) {
            return standard(place);
        }
        Object value = reader == null ? secret(place, text) : read(place, text, reader);
        if (value != null) {
            note(place, value, text.source());
        }
        return value;
    }

    /** The text for a single value: given, else in the file. */
    private Given.@Nullable Value text(Place place) {
        if (place.listed()) {
            known.add(place.key());
            Given.Value text = given.text(place.key());
            if (text != null) {
                return text;
            }
        }
        return place.node() instanceof Node.Scalar scalar
                ? new Given.Value(scalar.text(), scalar.where())
                : null;
    }

    private @Nullable Object standard(Place place) {
        AnnotatedElement required = place.required();
        if (place.standard() == null
                && required != null
                && !required.isAnnotationPresent(Nullable.class)) {
            wrong(place.key(), null, "nowhere", "must be set; it has no default");
            return null;
        }
        note(place, place.standard(), "default");
        return place.standard();
    }

    private void note(Place place, @Nullable Object value, String source) {
        if (place.listed()) {
            String standard = Text.show(place.standard());
            settings.add(new Setting(place.key(), Text.show(value), source, standard));
        }
    }

    private @Nullable Object read(Place place, Given.Value text, Text.Reader reader) {
        try {
            return reader.read().apply(text.text());
        } catch (IllegalArgumentException e) {
            wrong(place.key(), text.text(), text.source(), "expected " + reader.expected());
            return null;
        }
    }

    private @Nullable Object secret(Place place, Given.Value text) {
        try {
            return Secret.resolve(text.text(), environment);
        } catch (IllegalArgumentException e) {
            boolean reference = Secret.isReference(text.text());
            wrong(
                    place.key(),
                    reference ? text.text() : null,
                    text.source(),
                    String.valueOf(e.getMessage()));
            return null;
        }
    }

    private @Nullable Object collection(Place place, ParameterizedType generic) {
        Place whole = place;
        String source = place.node() == null ? "default" : place.node().where();
        if (place.listed()) {
            known.add(place.key());
            Given.Value text = given.text(place.key());
            if (text != null) {
                source = text.source();
                Node node = inline(text, generic.getRawType() == Map.class);
                whole =
                        new Place(
                                generic,
                                place.required(),
                                place.key(),
                                node,
                                place.standard(),
                                true);
            }
        }
        int before = problems.size();
        Object value =
                generic.getRawType() == Map.class
                        ? map(whole, generic.getActualTypeArguments()[1])
                        : list(whole, generic);
        if (problems.size() > before) {
            return null;
        }
        if (value == null) {
            return standard(place);
        }
        note(place, value, source);
        return value;
    }

    /** A list as {@code a,b} or in brackets, a map in braces. */
    private @Nullable Node inline(Given.Value text, boolean map) {
        String trimmed = text.text().strip();
        boolean bracketed = trimmed.startsWith("[") || trimmed.startsWith("{");
        if (!bracketed && !map) {
            List<Node> items = new ArrayList<>();
            for (String item : trimmed.isEmpty() ? new String[0] : trimmed.split(",", -1)) {
                items.add(new Node.Scalar(item.strip(), text.source()));
            }
            return new Node.Sequence(items, text.source());
        }
        return new Yaml(text.source(), problems).read(trimmed, false);
    }

    private @Nullable Object list(Place place, ParameterizedType generic) {
        if (place.node() == null) {
            return null;
        }
        if (!(place.node() instanceof Node.Sequence sequence)) {
            wrong(place.key(), null, place.node().where(), "expected a list");
            return null;
        }
        List<Object> items = new ArrayList<>();
        Type element = generic.getActualTypeArguments()[0];
        for (Node item : sequence.items()) {
            Object value = value(place.within(element, "[" + items.size() + "]", item));
            items.add(value == null ? "" : value);
        }
        return generic.getRawType() == Set.class
                ? Collections.unmodifiableSet(new LinkedHashSet<>(items))
                : List.copyOf(items);
    }

    private @Nullable Object map(Place place, Type element) {
        Map<String, Node> entries = new LinkedHashMap<>();
        if (place.node() instanceof Node.Mapping mapping) {
            entries.putAll(mapping.entries());
        } else if (place.node() != null) {
            wrong(place.key(), null, place.node().where(), "expected a map");
            return null;
        }
        if (place.listed()) {
            given.flagsBelow(place.key())
                    .forEach(
                            (name, text) ->
                                    entries.put(name, new Node.Scalar(text.text(), text.source())));
        }
        if (entries.isEmpty() && place.node() == null) {
            return null;
        }
        Map<String, Object> values = new LinkedHashMap<>();
        entries.forEach(
                (name, item) -> {
                    Object value = value(place.within(element, "." + name, item));
                    values.put(name, value == null ? "" : value);
                });
        return Collections.unmodifiableMap(values);
    }

    private void wrong(String key, @Nullable String value, String source, String message) {
        problems.add(new ConfigProblem(key, value, source, message));
    }
}
