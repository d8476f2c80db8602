package dev.farol.app;

import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** The folder that holds everything a Farol keeps, and where in it each thing stands. */
record Home(Path folder) {
    Home {
        folder = folder.toAbsolutePath().normalize();
    }

    /** The folder named on the command line, else by {@code FAROL_HOME}, else {@code ~/.farol}. */
    static Home of(@Nullable Path named) {
        if (named != null) {
            return new Home(named);
        }
        String variable = System.getenv("FAROL_HOME");
        return variable != null && !variable.isBlank()
                ? new Home(Path.of(variable))
                : new Home(Path.of(System.getProperty("user.home"), ".farol"));
    }

    Path config() {
        return folder.resolve("farol.yaml");
    }

    Path database() {
        return folder.resolve("data").resolve("farol.db");
    }

    Path objects() {
        return folder.resolve("objects");
    }

    Path assets() {
        return folder.resolve("assets");
    }

    Path tls() {
        return folder.resolve("tls");
    }

    Path identity() {
        return folder.resolve("identity");
    }

    Path instances() {
        return folder.resolve("instances");
    }

    Path logs() {
        return folder.resolve("logs");
    }

    Path run() {
        return folder.resolve("run");
    }

    /** Holds the Python sources of workers, one folder per content. */
    Path pythonSources() {
        return folder.resolve("python");
    }

    /** Holds the native libraries of engines, one folder per version: what is unpacked once. */
    Path nativeLibraries() {
        return folder.resolve("cache").resolve("native");
    }

    /** Where a running server says who and where it is: see {@link RunRecord}. */
    Path addresses() {
        return run().resolve("addresses.json");
    }
}
