package dev.farol.runtime.serve;

import dev.farol.runtime.serve.Request.Refused;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.arrow.flatbuf.DictionaryEncoding;
import org.apache.arrow.flatbuf.Field;
import org.jspecify.annotations.Nullable;

/** The values that columns of a stream of Arrow point at, as categories of pandas do. */
final class ArrowDictionaries {
    private static final int MOST_NESTED = 32;

    /** What the values of a stream may come to, each counted as often as it is pointed at. */
    private static final long MOST_BYTES = 256L * 1024 * 1024;

    private final Map<Long, Field> expected = new HashMap<>();
    private final Map<Long, Values> values = new HashMap<>();
    private long bytes;

    /** The values of a dictionary. */
    final class Values {
        private final List<@Nullable Object> all = new ArrayList<>();

        /**
         * @throws IndexOutOfBoundsException when there is none there
         */
        @Nullable Object at(long place) {
            Object value = all.get(Math.toIntExact(place));
            bytes +=
                    switch (value) {
                        case String text -> text.length();
                        case byte[] raw -> raw.length;
                        case null, default -> 0;
                    };
            if (bytes > MOST_BYTES) {
                throw new Refused(
                        "The values of Arrow's dictionaries come to more than "
                                + MOST_BYTES
                                + " bytes");
            }
            return value;
        }
    }

    /** Takes in which dictionaries a field has, itself or in its lists. */
    void expect(Field field) {
        Field at = field;
        for (int depth = 0; depth < MOST_NESTED; depth++) {
            DictionaryEncoding encoding = at.dictionary();
            if (encoding != null) {
                if (ArrowColumn.isList(at)) {
                    throw new Refused(
                            "The column '"
                                    + field.name()
                                    + "' of Arrow has a dictionary of lists (expected: one of"
                                    + " numbers, booleans or texts)");
                }
                expected.put(encoding.id(), at);
                return;
            }
            if (!ArrowColumn.isList(at)) {
                return;
            }
            at = ArrowColumn.there(at.children(0));
        }
    }

    /**
     * Takes a batch of a dictionary's values.
     *
     * @param more whether they come behind those that are there, or in their place
     */
    void add(long id, boolean more, ArrowBuffers.Batch batch) {
        Field field = ArrowColumn.there(expected.get(id));
        ArrowColumn column = ArrowColumn.plain(field, new ArrowColumn.Cursor(batch, this));
        Values into = values.get(id);
        if (into == null || !more) {
            into = new Values();
            values.put(id, into);
        }
        for (int i = 0; i < batch.told().length(); i++) {
            into.all.add(column.at(i));
        }
    }

    /** Those of a dictionary that came. */
    Values values(long id) {
        return ArrowColumn.there(values.get(id));
    }
}
