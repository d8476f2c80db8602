package dev.farol.runtime.tensor;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.math.BigInteger;
import java.nio.ByteOrder;

/**
 * Decimal numbers as the nearest double. Eight digits at a time are read as one word; what does not
 * fit a double exactly is multiplied by a power of five of 128 bits (Lemire, "Number Parsing at a
 * Gigabyte per Second", 2021; Mushtak and Lemire, "Fast Number Parsing Without Fallback", 2023).
 */
final class Decimals {
    static final VarHandle LONG =
            MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

    static final VarHandle INT =
            MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private static final int LEAST = -64;
    private static final int MOST = 64;

    /** Powers of ten that a double holds exactly. */
    private static final double[] TENS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16,
        1e17, 1e18, 1e19, 1e20, 1e21, 1e22
    };

    private static final long EXACT = 1L << 53;
    private static final long BELOW_FLOAT = (1L << 29) - 1;
    private static final long MIDDLE = 1L << 28;
    private static final long UNSURE = 8;

    /** Of 5^(LEAST + i), the upper and the lower 64 of its first 128 bits. */
    private static final long[] FIVES = fives();

    /** For {@link #find}. */
    static final long COMMAS = 0x2C2C_2C2C_2C2C_2C2CL;

    static final long POINTS = 0x2E2E_2E2E_2E2E_2E2EL;

    private Decimals() {}

    /** Eight bytes from there, of which the first is the lowest. */
    static long word(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    /** How far the first comma is, of the next 16 bytes; 16 when none of them is one. */
    static int comma(byte[] bytes, int at) {
        int far = find(word(bytes, at), COMMAS);
        return far < 8 ? far : 8 + find(word(bytes, at + 8), COMMAS);
    }

    /** Where the first byte of this kind is in a word; 8 when none is. */
    static int find(long word, long kind) {
        long others = word ^ kind;
        long found = (others - 0x0101_0101_0101_0101L) & ~others & 0x8080_8080_8080_8080L;
        return Long.numberOfTrailingZeros(found) >>> 3;
    }

    /** How many of a word's first bytes are digits. */
    static int digits(long word) {
        long values = word ^ 0x3030_3030_3030_3030L;
        long others = ((values + 0x7676_7676_7676_7676L) | values) & 0x8080_8080_8080_8080L;
        return Long.numberOfTrailingZeros(others) >>> 3;
    }

    /**
     * The number that a word's first bytes write.
     *
     * @param digits how many of them, at least one
     */
    static long value(long word, int digits) {
        // The last digit moves to the last byte, and zeros before the first.
        long values = (word ^ 0x3030_3030_3030_3030L) << (64 - 8 * digits);
        long pairs = (values * 10 + (values >>> 8)) & 0x00FF_00FF_00FF_00FFL;
        long fours = (pairs * 100 + (pairs >>> 16)) & 0x0000_FFFF_0000_FFFFL;
        return (fours * 10_000 + (fours >>> 32)) & 0xFFFF_FFFFL;
    }

    /** {@code mantissa * 10^exponent} to a few units of the last place; exponents to 22. */
    static double near(long mantissa, int exponent) {
        double value = mantissa;
        return exponent < 0 ? value / TENS[-exponent] : value * TENS[exponent];
    }

    /**
     * Whether the float nearest to a double that is a few units off is the one nearest to what was
     * meant: unless it lies next to the middle between two floats.
     *
     * @param value not negative
     */
    static boolean sureFloat(double value) {
        long low = Double.doubleToRawLongBits(value) & BELOW_FLOAT;
        return Math.abs(low - MIDDLE) > UNSURE
                && (value >= Float.MIN_NORMAL || value == 0)
                && value <= Float.MAX_VALUE;
    }

    static boolean near(int exponent) {
        return exponent >= -22 && exponent <= 22;
    }

    /**
     * The double nearest to {@code mantissa * 10^exponent}; NaN where that is not decided here.
     *
     * @param mantissa not negative
     */
    static double nearest(long mantissa, int exponent) {
        if (mantissa <= EXACT && near(exponent)) {
            return near(mantissa, exponent);
        }
        if (mantissa == 0 || exponent < LEAST || exponent > MOST) {
            return Double.NaN;
        }
        int zeros = Long.numberOfLeadingZeros(mantissa);
        long left = mantissa << zeros;
        int place = 2 * (exponent - LEAST);
        long high = Math.unsignedMultiplyHigh(left, FIVES[place]);
        long low = left * FIVES[place];
        if ((high & 0x1FF) == 0x1FF) {
            long more = Math.unsignedMultiplyHigh(left, FIVES[place + 1]);
            low += more;
            if (Long.compareUnsigned(low, more) < 0) {
                high++;
            }
        }
        if (low == -1) {
            return Double.NaN;
        }
        int top = (int) (high >>> 63);
        long bits = high >>> (top + 9);
        int binary = ((217_706 * exponent) >> 16) + 63 + top - zeros + 1023;
        boolean middle =
                Long.compareUnsigned(low, 1) <= 0
                        && exponent >= -4
                        && exponent <= 23
                        && (bits & 3) == 1
                        && bits << (top + 9) == high;
        if (middle) {
            bits &= ~1L;
        }
        bits = (bits + (bits & 1)) >>> 1;
        if (bits >= 1L << 53) {
            bits = 1L << 52;
            binary++;
        }
        return Double.longBitsToDouble((long) binary << 52 | (bits & ((1L << 52) - 1)));
    }

    private static long[] fives() {
        long[] words = new long[2 * (MOST - LEAST + 1)];
        for (int exponent = LEAST; exponent <= MOST; exponent++) {
            BigInteger power = BigInteger.valueOf(5).pow(Math.abs(exponent));
            BigInteger first;
            if (exponent < 0) {
                int enough = 2 * power.bitLength() + 128;
                first = BigInteger.ONE.shiftLeft(enough).divide(power).add(BigInteger.ONE);
                if (exponent >= -27) {
                    // So few digits that rounding up is exact in what is asked of it.
                    int bits = power.bitLength() + 127;
                    first = BigInteger.ONE.shiftLeft(bits).divide(power).add(BigInteger.ONE);
                }
            } else {
                first = power.shiftLeft(128);
            }
            first = first.shiftRight(first.bitLength() - 128);
            words[2 * (exponent - LEAST)] = first.shiftRight(64).longValue();
            words[2 * (exponent - LEAST) + 1] = first.longValue();
        }
        return words;
    }
}
