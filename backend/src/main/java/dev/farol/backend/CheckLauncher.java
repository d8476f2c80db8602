package dev.farol.backend;

import dev.farol.spec.ReplicaSpec;

/** Knows the one command by which a person repeats an instance's start by hand. */
@FunctionalInterface
public interface CheckLauncher {
    Command command(ReplicaSpec spec);
}
