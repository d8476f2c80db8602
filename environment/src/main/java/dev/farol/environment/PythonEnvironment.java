package dev.farol.environment;

import java.nio.file.Path;

/**
 * An environment on disk, complete: every file is there and compiled.
 *
 * @param key of its lock
 * @param folder holds it; nobody writes there after the build
 * @param python the executable to start
 */
public record PythonEnvironment(String key, Path folder, Path python) {}
