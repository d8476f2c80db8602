package dev.farol.runtime.serve;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * How a camera held a picture, as Exif notes it in a JPEG or PNG: numbers 1 to 8, of which 1 is
 * upright. Applied, it gives what Pillow's {@code ImageOps.exif_transpose} does.
 */
final class Orientation {
    static final int UPRIGHT = 1;
    private static final int START = 0xFFD8;
    private static final int APP1 = 0xFFE1;
    private static final int SCAN = 0xFFDA;
    private static final long EXIF = 0x457869660000L;
    private static final long PNG = 0x89504E470D0A1A0AL;
    private static final int PNG_EXIF = 0x65584966;
    private static final int CHECKSUM = 4;
    private static final int TAG = 0x0112;
    private static final int SHORT = 3;

    private Orientation() {}

    /** What the picture notes; upright when it notes nothing that can be read. */
    static int of(ByteBuffer picture) {
        try {
            ByteBuffer in = picture.slice().order(ByteOrder.BIG_ENDIAN);
            if ((in.getShort(0) & 0xFFFF) == START) {
                return jpeg(in.position(Short.BYTES));
            }
            return in.getLong(0) == PNG ? png(in.position(Long.BYTES)) : UPRIGHT;
        } catch (BufferUnderflowException
                | IndexOutOfBoundsException
                | IllegalArgumentException cut) {
            return UPRIGHT;
        }
    }

    private static int jpeg(ByteBuffer in) {
        while (true) {
            int marker = in.getShort() & 0xFFFF;
            if (marker < 0xFF00 || marker == SCAN) {
                return UPRIGHT;
            }
            int length = (in.getShort() & 0xFFFF) - 2;
            ByteBuffer segment = in.slice(in.position(), length);
            in.position(in.position() + length);
            if (marker == APP1 && length > 14 && exif(segment)) {
                return noted(segment.slice(6, length - 6));
            }
        }
    }

    /** It may stand before the pixels and behind them. */
    private static int png(ByteBuffer in) {
        while (true) {
            int length = in.getInt();
            int type = in.getInt();
            ByteBuffer chunk = in.slice(in.position(), length);
            in.position(in.position() + length + CHECKSUM);
            if (type == PNG_EXIF) {
                // Some write what a JPEG has before it.
                boolean twice = length > 14 && exif(chunk);
                return noted(twice ? chunk.slice(6, length - 6) : chunk);
            }
        }
    }

    private static boolean exif(ByteBuffer segment) {
        return segment.getLong(0) >>> 16 == EXIF;
    }

    /** Of the first directory of a TIFF. */
    private static int noted(ByteBuffer tiff) {
        int order = tiff.getShort(0);
        tiff.order(order == 0x4949 ? ByteOrder.LITTLE_ENDIAN : ByteOrder.BIG_ENDIAN);
        tiff.position(tiff.getInt(4));
        int entries = tiff.getShort() & 0xFFFF;
        for (int i = 0; i < entries; i++) {
            int at = tiff.position();
            if ((tiff.getShort(at) & 0xFFFF) == TAG && tiff.getShort(at + 2) == SHORT) {
                int value = tiff.getShort(at + 8);
                return value >= 1 && value <= 8 ? value : UPRIGHT;
            }
            tiff.position(at + 12);
        }
        return UPRIGHT;
    }

    /** Whether width and height change places. */
    static boolean turns(int orientation) {
        return orientation > 4;
    }

    /** Where the pixel of the upright picture lies in the one that is noted. */
    static int x(int orientation, int x, int y, int width) {
        return switch (orientation) {
            case 2, 3 -> width - 1 - x;
            case 5, 6 -> y;
            case 7, 8 -> width - 1 - y;
            default -> x;
        };
    }

    /** The same of its line. */
    static int y(int orientation, int x, int y, int height) {
        return switch (orientation) {
            case 3, 4 -> height - 1 - y;
            case 5, 8 -> x;
            case 6, 7 -> height - 1 - x;
            default -> y;
        };
    }
}
