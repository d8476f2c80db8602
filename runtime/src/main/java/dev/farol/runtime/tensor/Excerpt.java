package dev.farol.runtime.tensor;

/**
 * Messages that repeat what a caller wrote, at a length that an answer can have: a gRPC status is a
 * header, of which clients take 8 KB.
 */
public final class Excerpt {
    private static final int MOST = 1000;

    /** What is expected stands at the end of a message. */
    private static final int BEGIN = 600;

    private static final String GAP = " … ";

    private Excerpt() {}

    /** The message, or its begin and its end. */
    public static String of(String message) {
        return message.length() <= MOST
                ? message
                : message.substring(0, BEGIN)
                        + GAP
                        + message.substring(message.length() - (MOST - BEGIN - GAP.length()));
    }
}
