package dev.farol.control.arm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What the published description says of a route: parameters and bodies. That of errors which every
 * route of its kind may answer is added to it.
 *
 * @param takes the shape of the body; null for none
 * @param change whether the body is a change, not a whole document
 * @param parameters of the query, beside the api-version
 * @param answers by status; a null body for none
 */
record Doc(
        String summary,
        @Nullable Shape takes,
        boolean change,
        List<Parameter> parameters,
        Map<Integer, Body> answers) {
    Doc {
        parameters = List.copyOf(parameters);
        answers = Map.copyOf(answers);
    }

    /** A parameter of the query. */
    record Parameter(String name, ValueType type) {
        static final Parameter TOP = whole("$top");
        static final Parameter SKIP = whole("$skip");
        static final Parameter COUNT = whole("count");
        static final Parameter ORDER = text("$orderBy");
        static final Parameter VIEW =
                new Parameter(
                        "listViewType", ValueType.choice("ActiveOnly", "ArchivedOnly", "All"));

        static Parameter text(String name) {
            return new Parameter(name, ValueType.TEXT);
        }

        static Parameter whole(String name) {
            return new Parameter(name, ValueType.whole(0, 999_999_999));
        }
    }

    /** What an answer holds. */
    sealed interface Body {}

    /** Nothing. */
    record Empty() implements Body {}

    /** JSON of a schema. */
    record Holds(Reply reply) implements Body {}

    static Doc of(String summary) {
        return new Doc(summary, null, false, List.of(), Map.of());
    }

    /** A route that says that what it stands for is not offered. */
    static Doc refused(String what) {
        return of("Answers 400 NotSupported: " + what + " are not offered yet");
    }

    Doc takes(Shape shape) {
        return new Doc(summary, shape, false, parameters, answers);
    }

    Doc changes(Shape shape) {
        return new Doc(summary, shape, true, parameters, answers);
    }

    Doc query(Parameter... more) {
        var all = new ArrayList<>(parameters);
        all.addAll(List.of(more));
        return new Doc(summary, takes, change, all, answers);
    }

    Doc gives(int status, Reply reply) {
        return answer(status, new Holds(reply));
    }

    Doc gives(int status) {
        return answer(status, new Empty());
    }

    private Doc answer(int status, Body body) {
        var all = new TreeMap<>(answers);
        all.put(status, body);
        return new Doc(summary, takes, change, parameters, all);
    }
}
