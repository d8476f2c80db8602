package dev.farol.environment.local;

import dev.farol.environment.Environments;
import dev.farol.environment.Lock;
import dev.farol.environment.RealUv;
import dev.farol.kit.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** A process that builds a lock and says each step; the test kills it at one of them. */
public final class BuildUntilKilled {
    private BuildUntilKilled() {}

    /**
     * @param arguments home folder, file with the lock
     */
    public static void main(String[] arguments) throws Exception {
        Path home = Path.of(arguments[0]);
        Lock lock = Json.STRICT.readValue(Files.readString(Path.of(arguments[1])), Lock.class);
        try (Environments environments =
                Environments.local(RealUv.config(), home, RealUv.host(home, Map.of()))) {
            environments.build(lock, line -> System.out.println(line));
        }
    }
}
