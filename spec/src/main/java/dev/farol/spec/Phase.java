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

    /** What is to be done, as a rule, when this step refused; one sentence. */
    public String remedy() {
        return switch (this) {
            case VALIDATE -> "Create what is missing or correct the reference, then deploy again.";
            case ENVIRONMENT -> "Correct the environment's definition, then deploy again.";
            case MODEL -> "Register the model again with files at that path, then deploy again.";
            case CODE ->
                    "Put the scoring script into the code folder or correct its name, then deploy"
                            + " again.";
            case INIT, PROBE -> "Correct the scoring script, then deploy again.";
        };
    }
}
