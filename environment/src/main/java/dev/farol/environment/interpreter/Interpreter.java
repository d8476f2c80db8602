package dev.farol.environment.interpreter;

import dev.farol.environment.definition.PythonVersion;
import java.nio.file.Path;

/**
 * A CPython on this machine.
 *
 * @param path absolute and real: no link, no shim
 * @param platform what compiled packages must fit, such as {@code linux-x86_64-glibc}
 */
public record Interpreter(Path path, PythonVersion version, String platform) {}
