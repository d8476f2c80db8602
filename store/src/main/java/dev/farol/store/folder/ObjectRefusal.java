package dev.farol.store.folder;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;

/** The errors that the object store answers. */
final class ObjectRefusal {
    private ObjectRefusal() {}

    static FarolException absent(ObjectKey key) {
        return new FarolException(
                ErrorCode.RESOURCE_NOT_FOUND,
                "'" + key.name() + "' does not exist in '" + key.container() + "'.");
    }

    static FarolException exists(ObjectKey key) {
        return new FarolException(
                ErrorCode.CONFLICT,
                "'" + key.name() + "' exists already in '" + key.container() + "'.");
    }

    static FarolException changed(ObjectKey key) {
        return new FarolException(
                ErrorCode.PRECONDITION_FAILED,
                "'" + key.name() + "' in '" + key.container() + "' was changed meanwhile.");
    }

    static FarolException notAFile(String name, String why) {
        return new FarolException(
                ErrorCode.INVALID_ARGUMENT,
                "'" + name + "' cannot be a file in a folder: " + why + ".");
    }

    static FarolException wrongContent(String target, String message) {
        return new FarolException(ErrorCode.INVALID_ARGUMENT, target, message);
    }
}
