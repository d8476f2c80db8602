package dev.farol.backend;

/** The programs that an instance consists of; the app knows where they are. */
public record Launchers(ReplicaLauncher replica, ZygoteLauncher zygote, CheckLauncher check) {}
