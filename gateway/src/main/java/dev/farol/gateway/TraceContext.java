package dev.farol.gateway;

import dev.farol.wire.HeaderEdit;
import dev.farol.wire.ProxyRequest;
import java.util.random.RandomGenerator;

/**
 * The trace that a request belongs to (W3C Trace Context): the caller's, with the gateway as the
 * parent of what comes after it, or a new one when the caller names none that is valid.
 *
 * <p>A new one is marked as sampled. The gateway records no spans; marked otherwise, a model that
 * does would leave them out, as it would not without a gateway.
 *
 * @param parent the {@code traceparent} that the instance gets
 * @param continued whether the trace is the caller's, so that its {@code tracestate} goes on too
 */
record TraceContext(String parent, boolean continued) {
    private static final String PARENT = "traceparent";
    private static final String STATE = "tracestate";

    /** Of version 00, which later ones begin like: {@code 00-<32>-<16>-<2>}. */
    private static final int LENGTH = 55;

    private static final int TRACE = 3;
    private static final int SPAN = 36;
    private static final int FLAGS = 53;
    private static final int SAMPLED = 1;
    private static final byte[] DIGITS = {
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f'
    };

    static TraceContext of(ProxyRequest request, RandomGenerator random) {
        String given = request.header(PARENT);
        return given != null && isValid(given) && request.headers(PARENT).size() == 1
                ? continuing(given, random)
                : fresh(random);
    }

    private static TraceContext fresh(RandomGenerator random) {
        byte[] parent = new byte[LENGTH];
        digits(parent, TRACE, random.nextLong());
        digits(parent, TRACE + 16, nonZero(random));
        return with(parent, SAMPLED, false, random);
    }

    private static TraceContext continuing(String given, RandomGenerator random) {
        byte[] parent = new byte[LENGTH];
        for (int i = TRACE; i < SPAN - 1; i++) {
            parent[i] = (byte) given.charAt(i);
        }
        // Of the flags, only the first is known to all versions.
        int sampled = Character.digit(given.charAt(FLAGS + 1), 16) & SAMPLED;
        return with(parent, sampled, true, random);
    }

    @SuppressWarnings("deprecation") // of text that is all ASCII, no shorter way makes a string
    private static TraceContext with(
            byte[] parent, int flags, boolean continued, RandomGenerator random) {
        parent[0] = '0';
        parent[1] = '0';
        parent[TRACE - 1] = '-';
        parent[SPAN - 1] = '-';
        digits(parent, SPAN, nonZero(random));
        parent[FLAGS - 1] = '-';
        parent[FLAGS] = '0';
        parent[FLAGS + 1] = DIGITS[flags];
        return new TraceContext(new String(parent, 0), continued);
    }

    /** 32 hexadecimal digits. */
    String traceId() {
        return parent.substring(TRACE, SPAN - 1);
    }

    private static long nonZero(RandomGenerator random) {
        long drawn = random.nextLong();
        return drawn == 0 ? 1 : drawn;
    }

    private static void digits(byte[] text, int from, long value) {
        for (int i = 0; i < 16; i++) {
            text[from + i] = DIGITS[(int) (value >>> (60 - 4 * i)) & 15];
        }
    }

    private static boolean isValid(String text) {
        if (text.length() < LENGTH
                || text.charAt(TRACE - 1) != '-'
                || text.charAt(SPAN - 1) != '-'
                || text.charAt(FLAGS - 1) != '-'
                || !isHex(text, 0, 2)
                || !isHex(text, TRACE, SPAN - 1)
                || !isHex(text, SPAN, FLAGS - 1)
                || !isHex(text, FLAGS, LENGTH)) {
            return false;
        }
        boolean first = text.startsWith("00");
        boolean forbidden = text.startsWith("ff");
        boolean fits = text.length() == LENGTH || (!first && text.charAt(LENGTH) == '-');
        return !forbidden
                && fits
                && !isZero(text, TRACE, SPAN - 1)
                && !isZero(text, SPAN, FLAGS - 1);
    }

    /** In lower case, as the standard asks. */
    private static boolean isHex(String text, int from, int end) {
        for (int i = from; i < end; i++) {
            char each = text.charAt(i);
            if ((each < '0' || each > '9') && (each < 'a' || each > 'f')) {
                return false;
            }
        }
        return true;
    }

    private static boolean isZero(String text, int from, int end) {
        for (int i = from; i < end; i++) {
            if (text.charAt(i) != '0') {
                return false;
            }
        }
        return true;
    }

    void sendUp(HeaderEdit headers) {
        headers.setPlain(PARENT, parent);
        if (!continued) {
            headers.remove(STATE);
        }
    }
}
