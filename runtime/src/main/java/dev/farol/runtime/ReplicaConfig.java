package dev.farol.runtime;

import dev.farol.wire.FaceSettings;
import dev.farol.wire.Listen;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/**
 * The replica's own settings.
 *
 * @param listen where it answers
 * @param health where it answers too; null means nowhere
 * @param version of Farol, for {@code x-ms-server-version}
 * @param drain how long running requests may take to end when the replica is told to stop
 * @param stopGrace how long workers may take to leave in order
 * @param logFileBytes when {@code console.log} is rotated
 * @param logFiles how many files are kept, the current one included
 */
public record ReplicaConfig(
        Listen listen,
        @Nullable Listen health,
        FaceSettings face,
        String version,
        Duration drain,
        Duration stopGrace,
        long logFileBytes,
        int logFiles) {
    public static final ReplicaConfig DEFAULTS =
            new ReplicaConfig(
                    new Listen("127.0.0.1", 0, null),
                    null,
                    FaceSettings.DEFAULTS,
                    "dev",
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(2),
                    10L * 1024 * 1024,
                    3);

    public ReplicaConfig withVersion(String value) {
        return new ReplicaConfig(
                listen, health, face, value, drain, stopGrace, logFileBytes, logFiles);
    }

    public ReplicaConfig withListen(Listen value) {
        return new ReplicaConfig(
                value, health, face, version, drain, stopGrace, logFileBytes, logFiles);
    }

    public ReplicaConfig withHealth(Listen value) {
        return new ReplicaConfig(
                listen, value, face, version, drain, stopGrace, logFileBytes, logFiles);
    }
}
