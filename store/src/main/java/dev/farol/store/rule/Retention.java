package dev.farol.store.rule;

/** How much of the change feed is kept. */
public final class Retention {
    /** Entries that a reader may fall behind before it must start over. */
    public static final int CHANGES = 10_000;

    private static final int STEP = 500;

    private Retention() {}

    /** Whether the write of this change also forgets old ones; not each, to spare work. */
    public static boolean due(long number) {
        return number % STEP == 0;
    }
}
