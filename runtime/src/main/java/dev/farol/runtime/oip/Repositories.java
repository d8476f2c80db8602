package dev.farol.runtime.oip;

import java.util.List;

/** What can be asked of every repository. */
final class Repositories {
    private Repositories() {}

    /** Every version of every model that is ready. */
    static List<ServedModel> readyModels(ModelRepository repository) {
        return repository.index().stream()
                .filter(entry -> entry.state().equals("READY"))
                .map(entry -> repository.find(entry.name(), entry.version()))
                .toList();
    }

    /** The same of one model, or of all when the name is empty. */
    static List<ServedModel> readyModels(ModelRepository repository, String name, String version) {
        return name.isEmpty() ? readyModels(repository) : List.of(repository.find(name, version));
    }
}
