package dev.farol.runtime.oip;

import dev.farol.runtime.tensor.TensorModel;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** A repository of the one model that a deployment serves, which is always loaded. */
public final class SingleRepository implements ModelRepository {
    private volatile @Nullable ServedModel served;

    /** Serves the model from now on; from any thread. */
    public void serve(TensorModel model) {
        served =
                new ServedModel(
                        model.info().version(), ModelConfig.of(model.info()), model, Map.of());
    }

    @Override
    public boolean ready() {
        return served != null;
    }

    @Override
    public List<Entry> index() {
        ServedModel model = served;
        return model == null
                ? List.of()
                : List.of(new Entry(model.name(), model.version(), "READY", ""));
    }

    @Override
    public ServedModel find(String name, String version) {
        ServedModel model = served;
        if (model == null || !model.name().equals(name)) {
            throw new Refused(
                    Refused.Kind.NOT_FOUND,
                    "Request for unknown model: '"
                            + name
                            + "' is not found"
                            + (model == null ? "" : " (expected: '" + model.name() + "')"));
        }
        if (!version.isEmpty() && !version.equals(model.version())) {
            throw new Refused(
                    Refused.Kind.NOT_FOUND,
                    "Request for unknown model: '"
                            + name
                            + "' version "
                            + version
                            + " is not found");
        }
        return model;
    }

    @Override
    public List<String> versions(String name) {
        ServedModel model = served;
        return model != null && model.name().equals(name) ? List.of(model.version()) : List.of();
    }

    @Override
    public void load(String name, @Nullable String config, Consumer<@Nullable Refused> done) {
        done.accept(fixed());
    }

    @Override
    public void unload(String name, Consumer<@Nullable Refused> done) {
        done.accept(fixed());
    }

    private static Refused fixed() {
        return new Refused(
                Refused.Kind.UNSUPPORTED,
                "explicit model load / unload is not allowed: the deployment serves one model");
    }
}
