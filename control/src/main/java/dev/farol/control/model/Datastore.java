package dev.farol.control.model;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.Resource;

/** A datastore: a name for a container of the object store (contracts §1.11). */
public final class Datastore {
    private Datastore() {}

    /**
     * @throws FarolException {@code NOT_SUPPORTED} when it is no blob container
     */
    public static String container(Resource resource) {
        String container = new Fields(resource.spec()).at("properties").text("containerName");
        if (container == null) {
            throw new FarolException(
                    ErrorCode.NOT_SUPPORTED,
                    "The datastore '" + resource.id().name() + "' is not a blob container");
        }
        return container;
    }
}
