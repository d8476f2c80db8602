package dev.farol.wire;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;

/**
 * HTTP headers in their order; names compare without regard to case. Mutable, for one request or
 * answer.
 */
public final class Headers {
    private final List<String> flat = new ArrayList<>();

    public static Headers of(String... namesAndValues) {
        if (namesAndValues.length % 2 != 0) {
            throw new IllegalArgumentException(
                    "length: " + namesAndValues.length + " (expected: pairs)");
        }
        var headers = new Headers();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            headers.add(namesAndValues[i], namesAndValues[i + 1]);
        }
        return headers;
    }

    public Headers add(String name, String value) {
        flat.add(name);
        flat.add(value);
        return this;
    }

    /** Replaces every value of {@code name}. */
    public Headers set(String name, String value) {
        remove(name);
        return add(name, value);
    }

    public Headers remove(String name) {
        for (int i = flat.size() - 2; i >= 0; i -= 2) {
            if (flat.get(i).equalsIgnoreCase(name)) {
                flat.remove(i + 1);
                flat.remove(i);
            }
        }
        return this;
    }

    /** The first value of {@code name}. */
    public Optional<String> first(String name) {
        for (int i = 0; i < flat.size(); i += 2) {
            if (flat.get(i).equalsIgnoreCase(name)) {
                return Optional.of(flat.get(i + 1));
            }
        }
        return Optional.empty();
    }

    public boolean has(String name) {
        for (int i = 0; i < flat.size(); i += 2) {
            if (flat.get(i).equalsIgnoreCase(name)) {
                return true;
            }
        }
        return false;
    }

    public List<String> all(String name) {
        var values = new ArrayList<String>();
        forEach(
                (key, value) -> {
                    if (key.equalsIgnoreCase(name)) {
                        values.add(value);
                    }
                });
        return values;
    }

    public void forEach(BiConsumer<String, String> action) {
        for (int i = 0; i < flat.size(); i += 2) {
            action.accept(flat.get(i), flat.get(i + 1));
        }
    }

    @Override
    public String toString() {
        return flat.toString();
    }
}
