package dev.farol.runtime.oip;

/** A configuration as the protocol shows it. */
public final class Shown {
    private Shown() {}

    public static String json(ModelConfig config) {
        return ConfigJson.config(config).toString();
    }
}
