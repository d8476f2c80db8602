package dev.farol.backend;

import java.util.List;
import java.util.Map;

/**
 * A process to start.
 *
 * @param arguments the program, absolute or found on PATH, and what it gets
 * @param environment variables to set beside the inherited ones
 */
public record Command(List<String> arguments, Map<String, String> environment) {
    public Command {
        arguments = List.copyOf(arguments);
        environment = Map.copyOf(environment);
    }

    public static Command of(String... arguments) {
        return new Command(List.of(arguments), Map.of());
    }
}
