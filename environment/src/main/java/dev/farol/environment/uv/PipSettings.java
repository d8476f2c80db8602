package dev.farol.environment.uv;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where pip is configured to look for packages, as the settings that uv understands: uv itself
 * reads neither pip's variables nor its files.
 */
final class PipSettings {
    private static final Logger log = LoggerFactory.getLogger(PipSettings.class);

    private final Map<String, String> settings;

    private PipSettings(Map<String, String> settings) {
        this.settings = settings;
    }

    /** Reads pip's files in pip's order (machine, user, PIP_CONFIG_FILE), then its variables. */
    static PipSettings read(Map<String, String> variables, Path userHome, boolean mac) {
        var settings = new LinkedHashMap<String, String>();
        for (Path file : files(variables, userHome, mac)) {
            if (Files.isRegularFile(file)) {
                try {
                    settings.putAll(parse(Files.readString(file)));
                } catch (IOException unreadable) {
                    log.warn("pip's configuration {} cannot be read", file, unreadable);
                }
            }
        }
        variables.forEach(
                (name, value) -> {
                    if (name.startsWith("PIP_") && !value.isBlank()) {
                        settings.put(key(name.substring(4)), value);
                    }
                });
        return new PipSettings(settings);
    }

    private static List<Path> files(Map<String, String> variables, Path home, boolean mac) {
        String own = variables.get("PIP_CONFIG_FILE");
        if ("/dev/null".equals(own)) {
            return List.of();
        }
        List<Path> files = new ArrayList<>();
        for (String folder : variables.getOrDefault("XDG_CONFIG_DIRS", "/etc/xdg").split(":")) {
            if (!folder.isEmpty()) {
                files.add(Path.of(folder, "pip/pip.conf"));
            }
        }
        files.add(Path.of("/etc/pip.conf"));
        if (mac) {
            files.add(Path.of("/Library/Application Support/pip/pip.conf"));
            files.add(home.resolve("Library/Application Support/pip/pip.conf"));
        }
        files.add(home.resolve(".pip/pip.conf"));
        String config = variables.getOrDefault("XDG_CONFIG_HOME", "");
        Path user = config.isEmpty() ? home.resolve(".config") : Path.of(config);
        files.add(user.resolve("pip/pip.conf"));
        if (own != null) {
            files.add(Path.of(own));
        }
        return files;
    }

    /**
     * A file of pip: sections, {@code key = value}, values that go on in indented lines. What
     * stands in {@code [install]} goes before {@code [global]}.
     */
    static Map<String, String> parse(String text) {
        var global = new LinkedHashMap<String, String>();
        var install = new LinkedHashMap<String, String>();
        Map<String, String> section = null;
        String last = null;
        for (String line : text.lines().toList()) {
            String bare = line.strip();
            if (bare.isEmpty() || bare.startsWith("#") || bare.startsWith(";")) {
                continue;
            }
            if (bare.startsWith("[") && bare.endsWith("]")) {
                section =
                        switch (bare.substring(1, bare.length() - 1).strip()) {
                            case "global" -> global;
                            case "install" -> install;
                            default -> null;
                        };
                last = null;
            } else if (section != null && Character.isWhitespace(line.charAt(0)) && last != null) {
                section.merge(last, bare, (before, more) -> (before + " " + more).strip());
            } else if (section != null) {
                int split = splitAt(bare);
                last = key(split < 0 ? bare : bare.substring(0, split));
                section.put(last, split < 0 ? "" : bare.substring(split + 1).strip());
            }
        }
        global.putAll(install);
        return global;
    }

    private static int splitAt(String line) {
        int equals = line.indexOf('=');
        int colon = line.indexOf(':');
        return equals < 0 ? colon : colon < 0 ? equals : Math.min(equals, colon);
    }

    private static String key(String name) {
        return name.strip().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /**
     * The same for uv. What the user said to uv itself goes before.
     *
     * @param variables of the process: a setting of uv that is there is left alone
     */
    Map<String, String> forUv(Map<String, String> variables) {
        var uv = new LinkedHashMap<String, String>();
        boolean ownIndex =
                variables.containsKey("UV_DEFAULT_INDEX") || variables.containsKey("UV_INDEX_URL");
        if (!ownIndex) {
            put(uv, "UV_DEFAULT_INDEX", one("index-url"));
        }
        boolean ownExtra =
                variables.containsKey("UV_INDEX") || variables.containsKey("UV_EXTRA_INDEX_URL");
        if (!ownExtra) {
            put(uv, "UV_INDEX", String.join(" ", many("extra-index-url")));
        }
        put(uv, "UV_FIND_LINKS", String.join(",", findLinks()));
        put(uv, "UV_INSECURE_HOST", String.join(" ", many("trusted-host")));
        put(
                uv,
                "UV_HTTP_TIMEOUT",
                one("timeout").isEmpty() ? one("default-timeout") : one("timeout"));
        put(uv, "SSL_CERT_FILE", one("cert"));
        put(uv, "SSL_CLIENT_CERT", one("client-cert"));
        put(uv, "ALL_PROXY", one("proxy"));
        if (List.of("1", "true", "yes", "on").contains(one("no-index").toLowerCase(Locale.ROOT))) {
            put(uv, "UV_NO_INDEX", "1");
        }
        variables.keySet().forEach(uv::remove);
        return uv;
    }

    /** pip passes over a folder that does not exist; uv would stop. */
    private List<String> findLinks() {
        return many("find-links").stream()
                .map(place -> place.startsWith("file://") ? place.substring(7) : place)
                .filter(place -> place.contains("://") || Files.exists(Path.of(place)))
                .toList();
    }

    private String one(String key) {
        return settings.getOrDefault(key, "").strip();
    }

    private List<String> many(String key) {
        return one(key).isEmpty() ? List.of() : Arrays.asList(one(key).split("\\s+"));
    }

    private static void put(Map<String, String> uv, String name, String value) {
        if (!value.isEmpty()) {
            uv.put(name, value);
        }
    }
}
