package dev.farol.app;

import dev.farol.kit.config.ConfigException;
import dev.farol.kit.config.Configuration;
import dev.farol.kit.config.Sources;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Reads the settings of a home: {@code farol.yaml}, variables that start with {@code FAROL_},
 * flags.
 */
final class ServerSettings {
    private ServerSettings() {}

    /**
     * @throws FarolException {@link ErrorCode#INVALID_ARGUMENT} with everything that is wrong
     */
    static Configuration<ServerConfig> read(Home home, Map<String, String> flags) {
        @Nullable Path file = Files.exists(home.config()) ? home.config() : null;
        try {
            return Configuration.load(
                    ServerConfig.class, new Sources(file, settings(System.getenv()), flags));
        } catch (ConfigException wrong) {
            throw new FarolException(
                    ErrorCode.INVALID_ARGUMENT,
                    "The settings are not right:\n" + wrong.getMessage());
        }
    }

    /** Without the variables that tell the launcher and the command line something else. */
    private static Map<String, String> settings(Map<String, String> environment) {
        var settings = new HashMap<>(environment);
        for (String other :
                new String[] {
                    "FAROL_HOME",
                    EnvUndo.VARIABLE,
                    "FAROL_JAVA_HOME",
                    "FAROL_JVM_OPTIONS",
                    "FAROL_NO_AOT",
                    "FAROL_UP_HEAP",
                    "FAROL_ARM_URL",
                    "FAROL_TOKEN"
                }) {
            settings.remove(other);
        }
        return settings;
    }
}
