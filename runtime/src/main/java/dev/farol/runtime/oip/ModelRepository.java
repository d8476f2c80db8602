package dev.farol.runtime.oip;

import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The models that are served, by name and version. For the loop's thread only. */
public interface ModelRepository {
    /** The parameter of loading that holds a configuration. */
    String CONFIG = "config";

    /** What to say of another parameter of loading. */
    static Refused unsupported(String parameter) {
        return new Refused(
                Refused.Kind.UNSUPPORTED,
                "loading with the parameter '"
                        + parameter
                        + "' is not supported (expected: config)");
    }

    /** Whether everything that was to be loaded at the start is. */
    boolean ready();

    /** What there is, loaded or not. */
    List<Entry> index();

    /**
     * The model of this name that is ready.
     *
     * @param version empty for the latest
     * @throws Refused when there is none
     */
    ServedModel find(String name, String version);

    /** The versions of the model that are ready, in order; empty when there is none. */
    List<String> versions(String name);

    /**
     * Reads the model anew and serves it.
     *
     * @param config the configuration as JSON in place of its file; null for that
     * @param done hears later, on the loop's thread, null or why not
     */
    void load(String name, @Nullable String config, Consumer<@Nullable Refused> done);

    /**
     * Serves the model no more; requests under way still get their answers.
     *
     * @param done like that of {@link #load}
     */
    void unload(String name, Consumer<@Nullable Refused> done);

    /**
     * A version of a model.
     *
     * @param version empty when no version was looked at yet
     * @param state {@code READY}, {@code LOADING}, {@code UNAVAILABLE}; empty when it never was
     *     loaded
     * @param reason of its state; empty when there is none
     */
    record Entry(String name, String version, String state, String reason) {}
}
