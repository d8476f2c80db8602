package dev.farol.store.folder;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;

/** Container and name of an object. Any text but none, NUL and halves of surrogate pairs. */
record ObjectKey(String container, String name) {
    ObjectKey {
        requireText("container", container);
        requireText("name", name);
        if (container.isEmpty() || name.isEmpty()) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT, "An object needs a container and a name.");
        }
    }

    /** Refuses what the index could not tell from something else. */
    static void requireText(String what, String text) {
        boolean odd =
                text.codePoints()
                        .anyMatch(c -> c == 0 || Character.getType(c) == Character.SURROGATE);
        if (odd) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    what,
                    "The " + what + " of an object is not valid Unicode text without NUL.");
        }
    }
}
