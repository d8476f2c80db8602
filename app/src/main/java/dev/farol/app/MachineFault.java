package dev.farol.app;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;

/** What the machine refused, in words: the JDK's own messages are often the file's name alone. */
final class MachineFault {
    private MachineFault() {}

    static String text(IOException failure) {
        String message = withoutClass(failure);
        return switch (failure) {
            case AccessDeniedException denied ->
                    denied.getFile() + ": permission denied; choose another folder with --home";
            case FileAlreadyExistsException there -> there.getFile() + ": is not a folder";
            case NotDirectoryException file -> file.getFile() + ": is not a folder";
            case NoSuchFileException absent -> absent.getFile() + ": no such file or folder";
            case FileSystemException other when other.getReason() != null ->
                    other.getFile() + ": " + other.getReason();
            default -> message;
        };
    }

    /** The message; of a cause that it tells, only what that one says, not what class it is. */
    private static String withoutClass(IOException failure) {
        String message = failure.getMessage();
        if (message == null) {
            return failure.toString();
        }
        Throwable cause = failure.getCause();
        return cause == null || cause.getMessage() == null
                ? message
                : message.replace(cause.toString(), cause.getMessage());
    }
}
