package dev.farol.control.model;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.Resource;

/** A datastore: a name for a container of the object store (contracts §1.11). */
public final class Datastore {
    /** The name of Farol's own storage account. */
    private static final String OWN = "farolstore";

    private Datastore() {}

    /** Whether an account name means the storage of this Farol, however clients call it. */
    public static boolean own(String account) {
        return account.equals(OWN) || account.endsWith("/" + OWN);
    }

    /**
     * The container of a datastore in the storage of this Farol.
     *
     * @throws FarolException {@code NOT_SUPPORTED} when it is no blob container, or in another
     *     account
     */
    public static String container(Resource resource) {
        Fields properties = new Fields(resource.spec()).at("properties");
        String container = properties.text("containerName");
        String account = properties.text("accountName", OWN);
        if (!own(account)) {
            throw new FarolException(
                    ErrorCode.NOT_SUPPORTED,
                    "The datastore '"
                            + resource.id().name()
                            + "' is in the storage account '"
                            + account
                            + "', which Farol does not read (expected: files in the default"
                            + " datastore of the workspace)");
        }
        if (container == null) {
            throw new FarolException(
                    ErrorCode.NOT_SUPPORTED,
                    "The datastore '" + resource.id().name() + "' is not a blob container");
        }
        return container;
    }
}
