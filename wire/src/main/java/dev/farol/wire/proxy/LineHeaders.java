package dev.farol.wire.proxy;

import io.netty.handler.codec.DateFormatter;
import io.netty.handler.codec.DefaultHeaders.NameValidator;
import io.netty.handler.codec.DefaultHeaders.ValueValidator;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Date;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The headers of a message as the lines that it came with. A proxy looks up a few of them, adds a
 * few and passes the rest on: no map is made, a look-up goes through the lines, and what nobody
 * touched is copied as it came. Values are of ISO 8859-1.
 *
 * <p>What is added or set is checked as Netty's own headers check it. Not thread-safe.
 */
final class LineHeaders extends HttpHeaders {
    /** Per line: where its name begins and ends, and its value. */
    private static final int WORDS = 4;

    /** As many as a proxy adds. */
    private static final int EXPECTED = 8;

    private static final NameValidator<CharSequence> NAME =
            DefaultHttpHeadersFactory.headersFactory().getNameValidator();
    private static final ValueValidator<CharSequence> VALUE =
            DefaultHttpHeadersFactory.headersFactory().getValueValidator();

    private final byte[] text;
    private int[] lines;
    private int lineCount;
    private int removed;
    private CharSequence[] names = new CharSequence[EXPECTED];
    private String[] values = new String[EXPECTED];
    private int addedCount;
    private boolean lastAdded;

    /** The {@link #bit} of each name that is or was here: most look-ups find nothing. */
    private long bits;

    /**
     * @param text what the lines are parts of; nobody writes to it any more
     * @param expected how many lines there will be
     */
    LineHeaders(byte[] text, int expected) {
        this.text = text;
        this.lines = new int[expected * WORDS];
    }

    /** One more line of the text, in its order. */
    void line(int nameStart, int nameEnd, int valueStart, int valueEnd) {
        int at = lineCount * WORDS;
        if (at == lines.length) {
            lines = Arrays.copyOf(lines, 2 * (at + WORDS));
        }
        lines[at] = nameStart;
        lines[at + 1] = nameEnd;
        lines[at + 2] = valueStart;
        lines[at + 3] = valueEnd;
        lineCount++;
        bits |= bit(nameEnd - nameStart, text[nameStart]);
        lastAdded = false;
    }

    /** Takes back what came last, a line or one that was added, and answers its name and value. */
    Map.Entry<CharSequence, String> takeLast() {
        if (lastAdded) {
            addedCount--;
            return Map.entry(names[addedCount], values[addedCount]);
        }
        lineCount--;
        return Map.entry(name(lineCount * WORDS), value(lineCount * WORDS));
    }

    /** Writes all of them, each with its end of line. Lines that follow each other go as one. */
    void writeTo(HeadWriter out) {
        int end = lineCount * WORDS;
        int at = 0;
        while (at < end) {
            int start = lines[at];
            int last = lines[at + 3];
            at += WORDS;
            if (start < 0) {
                continue;
            }
            while (at < end && lines[at] == last + 2) {
                last = lines[at + 3];
                at += WORDS;
            }
            out.line(text, start, last - start);
        }
        for (int i = 0; i < addedCount; i++) {
            out.line(names[i], values[i]);
        }
    }

    /** Whether there may be one of that name, or rather was. */
    private boolean maybe(CharSequence name) {
        return (bits & bit(name)) != 0;
    }

    /** What {@link #mayHaveAny} asks for: names that are looked for together. */
    static long bits(Iterable<? extends CharSequence> names) {
        long all = 0;
        for (CharSequence name : names) {
            all |= bit(name);
        }
        return all;
    }

    /** False only when there is none of the names of these {@link #bits}. */
    boolean mayHaveAny(long names) {
        return (bits & names) != 0;
    }

    private static long bit(CharSequence name) {
        int length = name.length();
        return length == 0 ? 0 : bit(length, (byte) name.charAt(0));
    }

    /** One of 64, by the length of a name and its first letter in either case. */
    private static long bit(int length, byte first) {
        return 1L << (length + 13 * (first & 0x1F));
    }

    private boolean lives(int at) {
        return lines[at] >= 0;
    }

    private boolean isNamed(int at, CharSequence name) {
        int start = lines[at];
        int length = name.length();
        if (start < 0 || lines[at + 1] - start != length) {
            return false;
        }
        if (name instanceof AsciiString ascii) {
            byte[] other = ascii.array();
            int from = ascii.arrayOffset();
            for (int i = length - 1; i >= 0; i--) {
                if (!same(text[start + i], other[from + i])) {
                    return false;
                }
            }
            return true;
        }
        for (int i = length - 1; i >= 0; i--) {
            if (!same(text[start + i], (byte) name.charAt(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean isAdded(int at, CharSequence name) {
        CharSequence added = names[at];
        return added.length() == name.length() && AsciiString.contentEqualsIgnoreCase(added, name);
    }

    private static boolean same(byte one, byte other) {
        return one == other || lower(one) == lower(other);
    }

    private static int lower(byte letter) {
        return letter >= 'A' && letter <= 'Z' ? letter + ('a' - 'A') : letter;
    }

    private String value(int at) {
        int start = lines[at + 2];
        return new String(text, start, lines[at + 3] - start, StandardCharsets.ISO_8859_1);
    }

    private AsciiString name(int at) {
        return new AsciiString(text, lines[at], lines[at + 1] - lines[at], false);
    }

    // ---- what is there

    @Override
    public @Nullable String get(CharSequence name) {
        if (!maybe(name)) {
            return null;
        }
        for (int i = 0; i < lineCount; i++) {
            if (isNamed(i * WORDS, name)) {
                return value(i * WORDS);
            }
        }
        for (int i = 0; i < addedCount; i++) {
            if (isAdded(i, name)) {
                return values[i];
            }
        }
        return null;
    }

    @Override
    public @Nullable String get(String name) {
        return get((CharSequence) name);
    }

    @Override
    public boolean contains(CharSequence name) {
        if (!maybe(name)) {
            return false;
        }
        for (int i = 0; i < lineCount; i++) {
            if (isNamed(i * WORDS, name)) {
                return true;
            }
        }
        for (int i = 0; i < addedCount; i++) {
            if (isAdded(i, name)) {
                return true;
            }
        }
        return false;
    }

    @Override
    public boolean contains(String name) {
        return contains((CharSequence) name);
    }

    /** Whether the first value of that name begins like that: no text is made to tell. */
    boolean begins(CharSequence name, AsciiString prefix) {
        if (!maybe(name)) {
            return false;
        }
        for (int i = 0; i < lineCount; i++) {
            int at = i * WORDS;
            if (isNamed(at, name)) {
                int start = lines[at + 2];
                int length = prefix.length();
                int from = prefix.arrayOffset();
                return lines[at + 3] - start >= length
                        && Arrays.equals(
                                text, start, start + length, prefix.array(), from, from + length);
            }
        }
        String added = get(name);
        return added != null && added.startsWith(prefix.toString());
    }

    @Override
    public boolean containsValue(CharSequence name, CharSequence value, boolean ignoreCase) {
        return maybe(name) && super.containsValue(name, value, ignoreCase);
    }

    /**
     * The length that a message says its body has; -1 when it says none.
     *
     * @throws IllegalArgumentException when it is no number, or said more than once
     */
    long contentLength() {
        AsciiString name = HttpHeaderNames.CONTENT_LENGTH;
        if (!maybe(name)) {
            return -1;
        }
        long length = -1;
        int said = 0;
        for (int i = 0; i < lineCount; i++) {
            int at = i * WORDS;
            if (isNamed(at, name)) {
                said++;
                length = length(text, lines[at + 2], lines[at + 3]);
            }
        }
        for (int i = 0; i < addedCount; i++) {
            if (isAdded(i, name)) {
                said++;
                byte[] value = values[i].getBytes(StandardCharsets.ISO_8859_1);
                length = length(value, 0, value.length);
            }
        }
        if (said > 1) {
            throw new IllegalArgumentException("more than one Content-Length");
        }
        return length;
    }

    private static long length(byte[] text, int start, int end) {
        if (end == start || end - start > 18) {
            throw new IllegalArgumentException("a Content-Length of no or too many digits");
        }
        long length = 0;
        for (int i = start; i < end; i++) {
            if (text[i] < '0' || text[i] > '9') {
                throw new IllegalArgumentException("a Content-Length that is no number");
            }
            length = length * 10 + text[i] - '0';
        }
        return length;
    }

    @Override
    public List<String> getAll(CharSequence name) {
        List<String> found = Collections.emptyList();
        if (!maybe(name)) {
            return found;
        }
        for (int i = 0; i < lineCount; i++) {
            if (isNamed(i * WORDS, name)) {
                found = with(found, value(i * WORDS));
            }
        }
        for (int i = 0; i < addedCount; i++) {
            if (isAdded(i, name)) {
                found = with(found, values[i]);
            }
        }
        return found;
    }

    private static List<String> with(List<String> found, String value) {
        if (found.isEmpty()) {
            return List.of(value);
        }
        var more = new ArrayList<>(found);
        more.add(value);
        return more;
    }

    @Override
    public List<String> getAll(String name) {
        return getAll((CharSequence) name);
    }

    @Override
    public Iterator<String> valueStringIterator(CharSequence name) {
        return getAll(name).iterator();
    }

    @Override
    public Iterator<CharSequence> valueCharSequenceIterator(CharSequence name) {
        List<String> found = getAll(name);
        return found.isEmpty()
                ? Collections.emptyIterator()
                : Collections.<CharSequence>unmodifiableList(found).iterator();
    }

    @Override
    public int size() {
        return lineCount - removed + addedCount;
    }

    @Override
    public boolean isEmpty() {
        return size() == 0;
    }

    private List<Map.Entry<CharSequence, CharSequence>> all() {
        var entries = new ArrayList<Map.Entry<CharSequence, CharSequence>>(size());
        for (int i = 0; i < lineCount; i++) {
            int at = i * WORDS;
            if (lives(at)) {
                entries.add(Map.entry(name(at), value(at)));
            }
        }
        for (int i = 0; i < addedCount; i++) {
            entries.add(Map.entry(names[i], values[i]));
        }
        return entries;
    }

    @Override
    public Iterator<Map.Entry<CharSequence, CharSequence>> iteratorCharSequence() {
        return all().iterator();
    }

    @Override
    public List<Map.Entry<String, String>> entries() {
        var entries = new ArrayList<Map.Entry<String, String>>(size());
        all().forEach(
                        each ->
                                entries.add(
                                        Map.entry(
                                                each.getKey().toString(),
                                                each.getValue().toString())));
        return entries;
    }

    @Override
    @Deprecated // Netty's own; here because it must be
    public Iterator<Map.Entry<String, String>> iterator() {
        return entries().iterator();
    }

    @Override
    public Set<String> names() {
        var found = new LinkedHashSet<String>();
        all().forEach(each -> found.add(each.getKey().toString()));
        return found;
    }

    @Override
    public @Nullable Integer getInt(CharSequence name) {
        String value = get(name);
        try {
            return value == null ? null : Integer.valueOf(value);
        } catch (NumberFormatException noNumber) {
            return null;
        }
    }

    @Override
    public int getInt(CharSequence name, int otherwise) {
        Integer value = getInt(name);
        return value == null ? otherwise : value;
    }

    @Override
    public @Nullable Short getShort(CharSequence name) {
        String value = get(name);
        try {
            return value == null ? null : Short.valueOf(value);
        } catch (NumberFormatException noNumber) {
            return null;
        }
    }

    @Override
    public short getShort(CharSequence name, short otherwise) {
        Short value = getShort(name);
        return value == null ? otherwise : value;
    }

    @Override
    public @Nullable Long getTimeMillis(CharSequence name) {
        String value = get(name);
        Date time = value == null ? null : DateFormatter.parseHttpDate(value);
        return time == null ? null : Long.valueOf(time.getTime());
    }

    @Override
    public long getTimeMillis(CharSequence name, long otherwise) {
        Long time = getTimeMillis(name);
        return time == null ? otherwise : time;
    }

    // ---- what changes

    @Override
    public LineHeaders add(CharSequence name, Object value) {
        String checked = checked(value.toString());
        if (!(name instanceof AsciiString)) { // those are constants, or were read as tokens
            NAME.validateName(name);
        }
        return addPlain(name, checked);
    }

    /** See {@link #setPlain}. */
    private LineHeaders addPlain(CharSequence name, String value) {
        if (addedCount == names.length) {
            names = Arrays.copyOf(names, addedCount * 2);
            values = Arrays.copyOf(values, addedCount * 2);
        }
        names[addedCount] = name;
        values[addedCount] = value;
        addedCount++;
        bits |= bit(name);
        lastAdded = true;
        return this;
    }

    /** The value as it can be written: letters beyond ISO 8859-1 become question marks. */
    private static String checked(String value) {
        for (int i = 0; i < value.length(); i++) {
            char each = value.charAt(i);
            if (each < ' ' || each >= 0x7F) {
                VALUE.validate(value);
                return new String(
                        value.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.ISO_8859_1);
            }
        }
        return value;
    }

    @Override
    public LineHeaders add(String name, Object value) {
        return add((CharSequence) name, value);
    }

    @Override
    public LineHeaders add(CharSequence name, Iterable<?> all) {
        all.forEach(each -> add(name, each));
        return this;
    }

    @Override
    public LineHeaders add(String name, Iterable<?> all) {
        return add((CharSequence) name, all);
    }

    @Override
    public LineHeaders addInt(CharSequence name, int value) {
        return add(name, (Object) value);
    }

    @Override
    public LineHeaders addShort(CharSequence name, short value) {
        return add(name, (Object) value);
    }

    @Override
    public LineHeaders set(CharSequence name, Object value) {
        return remove(name).add(name, value);
    }

    /**
     * Sets one whose value this server made, or has read from a header: it is of ISO 8859-1 without
     * controls, and not looked through once more.
     */
    static void setPlain(HttpHeaders headers, AsciiString name, String value) {
        if (headers instanceof LineHeaders lines) {
            lines.remove(name).addPlain(name, value);
        } else {
            headers.set(name, value);
        }
    }

    @Override
    public LineHeaders set(String name, Object value) {
        return set((CharSequence) name, value);
    }

    @Override
    public LineHeaders set(CharSequence name, Iterable<?> all) {
        return remove(name).add(name, all);
    }

    @Override
    public LineHeaders set(String name, Iterable<?> all) {
        return set((CharSequence) name, all);
    }

    @Override
    public LineHeaders setInt(CharSequence name, int value) {
        return set(name, (Object) value);
    }

    @Override
    public LineHeaders setShort(CharSequence name, short value) {
        return set(name, (Object) value);
    }

    @Override
    public LineHeaders remove(CharSequence name) {
        if (!maybe(name)) {
            return this;
        }
        for (int i = 0; i < lineCount; i++) {
            if (isNamed(i * WORDS, name)) {
                lines[i * WORDS] = -1;
                removed++;
            }
        }
        int kept = 0;
        for (int i = 0; i < addedCount; i++) {
            if (!isAdded(i, name)) {
                names[kept] = names[i];
                values[kept] = values[i];
                kept++;
            }
        }
        addedCount = kept;
        return this;
    }

    @Override
    public LineHeaders remove(String name) {
        return remove((CharSequence) name);
    }

    @Override
    public LineHeaders clear() {
        lineCount = 0;
        removed = 0;
        addedCount = 0;
        return this;
    }
}
