package dev.farol.kit;

import java.math.BigDecimal;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A number of bytes, as people write it: {@code 256MiB}, {@code 10MB}, {@code 512}. */
public record ByteSize(long bytes) {
    private static final Pattern TEXT =
            Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([a-z]*)", Pattern.CASE_INSENSITIVE);
    private static final Map<String, Long> UNITS = units();

    public ByteSize {
        if (bytes < 0) {
            throw new IllegalArgumentException("a size is not negative: " + bytes);
        }
    }

    /**
     * Reads a size; the units are B, kB to PB by thousands and KiB to PiB by 1024, in any case.
     *
     * @throws IllegalArgumentException when the text is no size, or no whole number of bytes
     */
    public static ByteSize parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip());
        Long unit = matcher.matches() ? UNITS.get(matcher.group(2).toLowerCase(Locale.ROOT)) : null;
        if (unit == null) {
            throw new IllegalArgumentException("no size: " + text);
        }
        try {
            var bytes = new BigDecimal(matcher.group(1)).multiply(BigDecimal.valueOf(unit));
            return new ByteSize(bytes.longValueExact());
        } catch (ArithmeticException e) {
            throw new IllegalArgumentException("no whole number of bytes: " + text, e);
        }
    }

    /** The shortest exact text, binary units where it does not matter. */
    @Override
    public String toString() {
        String binary = inLargest("KiB", "MiB", "GiB", "TiB", "PiB");
        String decimal = inLargest("kB", "MB", "GB", "TB", "PB");
        return decimal.length() < binary.length() - 1 ? decimal : binary;
    }

    private String inLargest(String... units) {
        String text = bytes + "B";
        for (String unit : units) {
            long size = UNITS.getOrDefault(unit.toLowerCase(Locale.ROOT), 1L);
            text = bytes > 0 && bytes % size == 0 ? bytes / size + unit : text;
        }
        return text;
    }

    private static Map<String, Long> units() {
        Map<String, Long> units = new LinkedHashMap<>();
        units.put("", 1L);
        units.put("b", 1L);
        long decimal = 1;
        long binary = 1;
        for (String prefix : new String[] {"k", "m", "g", "t", "p"}) {
            decimal *= 1000;
            binary *= 1024;
            units.put(prefix + "b", decimal);
            units.put(prefix + "ib", binary);
        }
        return units;
    }
}
