package dev.farol.control;

/** How many requests the data plane has running on an instance; asked before one is taken out. */
@FunctionalInterface
public interface DrainWatch {
    /** Zero for an instance that nobody knows. Never blocks. */
    int inFlight(String instanceId);
}
