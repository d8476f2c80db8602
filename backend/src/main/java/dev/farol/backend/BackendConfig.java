package dev.farol.backend;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How instances are kept.
 *
 * @param startTimeout the longest that a start may take; null leaves it to the liveness probe
 *     (initial delay + period × failure threshold, 310 s by default)
 * @param backOffFirst the pause after a second failure in a row; each further one doubles it
 * @param backOffMax where the doubling ends
 * @param healthyAfter an instance that was ready for so long starts with a clean slate
 * @param closeDrain how long requests may end when Farol stops
 * @param standbyPause how long after a start, unless it is over before, one replica is made ready
 *     ahead of the next; zero means never
 * @param zygoteStart how long a zygote may take to be ready before instances do without
 * @param zygoteIdle how long a zygote that no instance uses is kept
 * @param keepLogs how long the logs of an instance that is gone are kept
 * @param keepInstances of how many gone instances of one deployment logs are kept at most
 * @param instanceTypes of the admin, by name, beside Azure's or in their place
 * @param inheritedVariables the environment variables that processes get from Farol's own
 *     environment; a name that ends in {@code *} stands for all that begin so
 */
public record BackendConfig(
        @Nullable Duration startTimeout,
        Duration backOffFirst,
        Duration backOffMax,
        Duration healthyAfter,
        Duration closeDrain,
        Duration standbyPause,
        Duration zygoteStart,
        Duration zygoteIdle,
        Duration keepLogs,
        int keepInstances,
        Map<String, InstanceType> instanceTypes,
        List<String> inheritedVariables) {
    public static final BackendConfig DEFAULTS =
            new BackendConfig(
                    null,
                    Duration.ofMillis(200),
                    Duration.ofSeconds(30),
                    Duration.ofSeconds(60),
                    Duration.ofSeconds(10),
                    Duration.ofMillis(1500),
                    Duration.ofSeconds(20),
                    Duration.ofMinutes(30),
                    Duration.ofHours(24),
                    20,
                    Map.of(),
                    List.of(
                            "PATH",
                            "HOME",
                            "USER",
                            "LOGNAME",
                            "SHELL",
                            "LANG",
                            "LANGUAGE",
                            "LC_*",
                            "TZ",
                            "TMPDIR",
                            "TEMP",
                            "TMP",
                            "LD_LIBRARY_PATH",
                            "DYLD_LIBRARY_PATH",
                            "SSL_CERT_FILE",
                            "SSL_CERT_DIR",
                            "REQUESTS_CA_BUNDLE",
                            "CURL_CA_BUNDLE",
                            "HTTP_PROXY",
                            "HTTPS_PROXY",
                            "NO_PROXY",
                            "http_proxy",
                            "https_proxy",
                            "no_proxy",
                            "ALL_PROXY",
                            "all_proxy",
                            "XDG_*",
                            "CUDA_*",
                            "NVIDIA_*",
                            "SystemRoot",
                            "JAVA_HOME"));

    public BackendConfig {
        instanceTypes = Map.copyOf(instanceTypes);
        inheritedVariables = List.copyOf(inheritedVariables);
    }
}
