package dev.farol.control.arm;

import dev.farol.store.Resource;

/** Where assets live: a workspace or a registry. */
@FunctionalInterface
interface AssetOwner {
    /**
     * The owner that the path names.
     *
     * @throws dev.farol.spec.FarolException {@code ResourceNotFound}
     */
    Resource of(ArmCall call);

    /**
     * The same, for a change.
     *
     * @throws dev.farol.spec.FarolException when nobody may change what it holds
     */
    default Resource forWriting(ArmCall call) {
        return of(call);
    }

    /** The status that answers a write of a version. */
    default int written(boolean created) {
        return created ? 201 : 200;
    }
}
