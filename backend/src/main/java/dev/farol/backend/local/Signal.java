package dev.farol.backend.local;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** What reaches a supervisor from other threads. Those of an attempt that is over mean nothing. */
sealed interface Signal {
    /** The environment's zygote is there, or not to be had. */
    record ZygoteSettled(int attempt, Optional<Path> socket) implements Signal {}

    /** The replica said something. */
    record Said(int attempt, ReplicaEvent event) implements Signal {}

    /** The replica's process ended. */
    record Ended(int attempt, int exitCode) implements Signal {}

    /** A probe came back. */
    record Probed(int attempt, Timers.Timer probe, Probe.Answer answer) implements Signal {}

    /** The instance is to go. */
    record Remove(Duration drain) implements Signal {}
}
