package dev.farol.runtime.tensor;

import java.math.BigInteger;

/**
 * The shortest decimal that reads back as a float, of several the one nearest to it (Giulietti,
 * "The Schubfach way to render doubles", 2020), as {@link Float#toString} finds it, but without a
 * string.
 */
final class Shortest {
    /** 10^-EXPONENT to 63 bits, rounded up; by the decimal exponent. */
    private static final long[] POWERS = new long[96];

    private static final int LEAST_DECIMAL = -46;

    /** By the biased binary exponent. */
    private static final byte[] DECIMAL = new byte[256];

    private static final byte[] SHIFT = new byte[256];

    /** Where the float below is nearer than the one above. */
    private static final byte[] NARROW_DECIMAL = new byte[256];

    private static final byte[] NARROW_SHIFT = new byte[256];

    private static final long STICKY = (1L << 31) - 1;

    static {
        for (int i = 0; i < POWERS.length; i++) {
            POWERS[i] = power(LEAST_DECIMAL + i);
        }
        for (int biased = 1; biased < 255; biased++) {
            int binary = biased - 150;
            int decimal = (int) Math.floor(binary * Math.log10(2));
            DECIMAL[biased] = (byte) decimal;
            SHIFT[biased] = (byte) (binary + bits(-decimal) + 33);
            int narrow = (int) Math.floor(binary * Math.log10(2) + Math.log10(0.75));
            NARROW_DECIMAL[biased] = (byte) narrow;
            NARROW_SHIFT[biased] = (byte) (binary + bits(-narrow) + 33);
        }
    }

    private Shortest() {}

    /** The whole part of the binary logarithm of a power of ten. */
    private static int bits(int decimal) {
        return (int) Math.floor(decimal * (Math.log(10) / Math.log(2)));
    }

    private static long power(int decimal) {
        BigInteger ten = BigInteger.TEN.pow(Math.abs(decimal));
        int shift = 62 - bits(-decimal);
        BigInteger scaled =
                decimal <= 0
                        ? shift >= 0 ? ten.shiftLeft(shift) : ten.shiftRight(-shift)
                        : BigInteger.ONE.shiftLeft(shift).divide(ten);
        return scaled.longValueExact() + 1;
    }

    /**
     * Digits, and above them the power of ten that they are to be multiplied by.
     *
     * @param bits of a float that is neither zero nor subnormal, infinite or no number; the sign
     *     does not matter
     */
    static long decimal(int bits) {
        int biased = bits >>> 23 & 0xFF;
        int fraction = bits & 0x7F_FFFF;
        int mantissa = fraction | 0x80_0000;
        long middle = (long) mantissa << 2;
        int odd = mantissa & 1;
        boolean narrow = fraction == 0 && biased > 1;
        int exponent = narrow ? NARROW_DECIMAL[biased] : DECIMAL[biased];
        int shift = narrow ? NARROW_SHIFT[biased] : SHIFT[biased];
        long power = POWERS[exponent - LEAST_DECIMAL];
        int at = scaled(power, middle << shift);
        int low = scaled(power, (middle - (narrow ? 1 : 2)) << shift) + odd;
        int high = scaled(power, (middle + 2) << shift) - odd;
        int below = at >> 2;
        int tens = below / 10 * 10;
        boolean tenBelow = low <= tens << 2;
        boolean tenAbove = (tens + 10) << 2 <= high;
        int digits;
        if (tenBelow != tenAbove) {
            digits = tenBelow ? tens : tens + 10;
        } else {
            boolean oneBelow = low <= below << 2;
            boolean oneAbove = (below + 1) << 2 <= high;
            int nearer = at - ((2 * below + 1) << 1);
            boolean down =
                    oneBelow == oneAbove
                            ? nearer < 0 || (nearer == 0 && (below & 1) == 0)
                            : oneBelow;
            digits = down ? below : below + 1;
        }
        return (long) exponent << 32 | digits;
    }

    /** The product, whose last bit says too whether anything was cut off. */
    private static int scaled(long power, long value) {
        long high = Math.multiplyHigh(power, value);
        return (int) (high >>> 31 | ((high & STICKY) + STICKY) >>> 31);
    }
}
