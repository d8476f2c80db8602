package dev.farol.runtime.python;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What of this machine's environment a user's code sees: what programs need to find their way, and
 * none of the operator's secrets. PYTHONDONTWRITEBYTECODE is not among it: with it every worker
 * would compile every library again.
 */
public final class BaseEnvironment {
    private static final Set<String> KEPT =
            Set.of(
                    "PATH",
                    "HOME",
                    "USER",
                    "LOGNAME",
                    "SHELL",
                    "LANG",
                    "LANGUAGE",
                    "TZ",
                    "TMPDIR",
                    "TEMP",
                    "TMP",
                    "SYSTEMROOT",
                    "LD_LIBRARY_PATH",
                    "DYLD_LIBRARY_PATH",
                    "SSL_CERT_FILE",
                    "SSL_CERT_DIR",
                    "REQUESTS_CA_BUNDLE",
                    "CURL_CA_BUNDLE",
                    "HTTP_PROXY",
                    "HTTPS_PROXY",
                    "NO_PROXY",
                    "ALL_PROXY",
                    "http_proxy",
                    "https_proxy",
                    "no_proxy",
                    "all_proxy");
    private static final Set<String> KEPT_FAMILIES = Set.of("LC_", "XDG_", "CUDA_", "NVIDIA_");

    private BaseEnvironment() {}

    public static Map<String, String> of(Map<String, String> machine, Path python) {
        var kept = new TreeMap<String, String>();
        machine.forEach(
                (name, value) -> {
                    if (KEPT.contains(name) || KEPT_FAMILIES.stream().anyMatch(name::startsWith)) {
                        kept.put(name, value);
                    }
                });
        Path bin = python.getParent();
        if (bin != null) {
            kept.merge("PATH", bin.toString(), (path, own) -> own + ":" + path);
        }
        return kept;
    }
}
