package dev.farol.spec;

/**
 * The steps from a deployment's definition to its first answer, in order; a verdict names the one
 * that failed.
 */
public enum Phase {
    VALIDATE,
    ENVIRONMENT,
    MODEL,
    CODE,
    INIT,
    PROBE;

    /** The word that users see. */
    public String wire() {
        return name().toLowerCase(java.util.Locale.ROOT);
    }
}
