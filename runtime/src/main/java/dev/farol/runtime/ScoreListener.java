package dev.farol.runtime;

import java.nio.ByteBuffer;

/**
 * Hears what becomes of a scoring, on the loop's thread: either one answer, or the begin of a
 * stream, its parts and its end. Nothing once the scoring is expired.
 */
public interface ScoreListener {
    void answered(ScoreResult result);

    /**
     * @param head its body is empty: the parts follow
     */
    void begins(ScoreResult head);

    /** To be acknowledged by {@link ModelRuntime.Scoring#taken} as the client takes it. */
    void part(ByteBuffer bytes);

    /**
     * @param whole false when the stream broke off
     */
    void ended(boolean whole);
}
