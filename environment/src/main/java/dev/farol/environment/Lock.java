package dev.farol.environment;

import java.util.List;

/**
 * An environment, resolved: enough to build the same one again.
 *
 * @param key names the environment on disk: a digest of interpreter, requirements and overrides;
 *     lower-case hex
 * @param pythonVersion the full version of the interpreter, such as 3.11.7
 * @param pythonPath the interpreter that the lock was made for; an equal version is taken where it
 *     is gone
 * @param requirements pinned, one per line, with hashes where the index gave them
 * @param direct the names that the user asked for, as they are on the index
 * @param notes what a person should know: packages left out or renamed, another interpreter taken
 */
public record Lock(
        String key,
        String pythonVersion,
        String pythonPath,
        List<String> requirements,
        List<String> direct,
        List<String> notes) {
    public Lock {
        requirements = List.copyOf(requirements);
        direct = List.copyOf(direct);
        notes = List.copyOf(notes);
    }
}
