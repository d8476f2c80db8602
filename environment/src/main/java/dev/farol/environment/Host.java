package dev.farol.environment;

import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What the room knows of the machine and of the user who runs Farol.
 *
 * @param variables the environment variables of the process: PATH, pip's and uv's settings, proxies
 * @param userHome where the user's pip configuration, pyenv and uv cache are
 * @param platform such as {@code linux-x86_64}, {@code macosx-arm64}
 * @param artifacts fetches an interpreter by name where none is found; null where that cannot be
 */
public record Host(
        Map<String, String> variables,
        Path userHome,
        String platform,
        @Nullable Artifacts artifacts) {
    public Host {
        variables = Map.copyOf(variables);
    }

    /** The machine that this process runs on. For composition roots and tests. */
    public static Host current(@Nullable Artifacts artifacts) {
        return new Host(
                System.getenv(),
                Path.of(System.getProperty("user.home")),
                platform(System.getProperty("os.name"), System.getProperty("os.arch")),
                artifacts);
    }

    static String platform(String system, String machine) {
        String name = system.toLowerCase(Locale.ROOT);
        String family =
                name.startsWith("mac") ? "macosx" : name.startsWith("win") ? "windows" : "linux";
        return family
                + "-"
                + switch (machine) {
                    case "amd64", "x86_64" -> "x86_64";
                    case "aarch64", "arm64" -> "arm64";
                    default -> machine;
                };
    }
}
