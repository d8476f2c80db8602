package dev.farol.runtime;

import dev.farol.wire.FaceSettings;
import dev.farol.wire.Listen;
import java.time.Duration;

/**
 * The replica's own settings.
 *
 * @param listen where it answers
 * @param version of Farol, for {@code x-ms-server-version}
 * @param drain how long running requests may take to end when the replica is told to stop
 * @param stopGrace how long workers may take to leave in order
 * @param logFileBytes when {@code console.log} is rotated
 * @param logFiles how many files are kept, the current one included
 */
public record ReplicaConfig(
        Listen listen,
        FaceSettings face,
        String version,
        Duration drain,
        Duration stopGrace,
        long logFileBytes,
        int logFiles) {
    public static final ReplicaConfig DEFAULTS =
            new ReplicaConfig(
                    new Listen("127.0.0.1", 0, null),
                    FaceSettings.DEFAULTS,
                    "dev",
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(2),
                    10L * 1024 * 1024,
                    3);

    public ReplicaConfig withVersion(String value) {
        return new ReplicaConfig(listen, face, value, drain, stopGrace, logFileBytes, logFiles);
    }
}
