package dev.farol.environment;

import dev.farol.environment.local.LocalEnvironments;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Makes Python environments on this machine. Thread-safe; concurrent calls for one environment
 * build it once.
 */
public interface Environments extends AutoCloseable {
    /**
     * Environments in the folder {@code envs} of a home folder, built by uv.
     *
     * @throws IOException when the home folder cannot be written
     */
    static Environments local(EnvironmentConfig config, Path home, Host host) throws IOException {
        return new LocalEnvironments(config, home, host);
    }

    /**
     * Finds the interpreter and pins every package, asking the package index; the result is kept
     * with the environment version and replayed ever after.
     *
     * @param progress gets one line per step, for people
     * @throws dev.farol.spec.FarolException {@code ENVIRONMENT_UNRESOLVABLE} naming the line of the
     *     definition that cannot be had
     */
    Lock resolve(Definition definition, Consumer<String> progress);

    /**
     * The environment of a lock, built if it is not there yet (from the cache, without the index
     * where possible).
     */
    PythonEnvironment build(Lock lock, Consumer<String> progress);

    /**
     * Runs a Python script in an environment to its end. It ends with Farol, too.
     *
     * @param folder where it runs
     * @param limit it is ended after this time
     * @param messages gets each line of its standard error
     */
    Ran run(
            PythonEnvironment environment,
            Path script,
            List<String> arguments,
            Path folder,
            Duration limit,
            Consumer<String> messages)
            throws InterruptedException;

    /**
     * How a script ended.
     *
     * @param code its exit code; of no meaning when its time was over
     * @param output all of its standard output
     */
    record Ran(int code, boolean timeOver, String output) {}

    /**
     * Removes the environments that are not in use and were not for a while; one that is being
     * built stays. An environment counts as used whenever {@link #build} answers it and whenever it
     * is named here.
     *
     * @param keysInUse keys of the locks that somebody needs
     * @param usedBefore only what was last used before this goes
     * @return the keys that were removed
     */
    Set<String> prune(Set<String> keysInUse, Instant usedBefore);

    /** Ends what is running; callers that wait get {@code INTERRUPTED} or {@code CANCELED}. */
    @Override
    void close();
}
