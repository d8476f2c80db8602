package dev.farol.control.identity;

import java.net.URI;
import java.util.Locale;
import java.util.Set;

/**
 * What a token is for. Clients ask for Azure's names and for this server's own under any of its
 * names; all of them are good on every plane (clients §4).
 */
final class Audience {
    private static final Set<String> AZURE =
            Set.of(
                    "management.azure.com",
                    "management.core.windows.net",
                    "ml.azure.com",
                    "storage.azure.com");
    private static final Set<String> LOOPBACK = Set.of("localhost", "127.0.0.1", "[::1]");
    private static final String SCOPE_SUFFIX = "/.default";

    private Audience() {}

    /** What to write into a token for a client that asks for {@code resource}. */
    static String of(String resource) {
        return resource.endsWith(SCOPE_SUFFIX)
                ? resource.substring(0, resource.length() - SCOPE_SUFFIX.length())
                : resource;
    }

    /**
     * Whether a token for {@code audience} is good for a request that called this server {@code
     * host}.
     */
    static boolean accepted(String audience, String host) {
        String authority = authority(audience);
        if (authority.isEmpty()) {
            return false;
        }
        return AZURE.contains(authority)
                || authority.equals(host.toLowerCase(Locale.ROOT))
                || (LOOPBACK.contains(name(authority)) && port(authority).equals(port(host)));
    }

    private static String authority(String audience) {
        try {
            URI uri = URI.create(audience);
            String authority = uri.getRawAuthority();
            return "https".equalsIgnoreCase(uri.getScheme()) && authority != null
                    ? authority.toLowerCase(Locale.ROOT)
                    : "";
        } catch (IllegalArgumentException noUri) {
            return "";
        }
    }

    private static String name(String authority) {
        return authority.substring(0, authority.length() - port(authority).length());
    }

    /** With its colon; empty when there is none. */
    private static String port(String authority) {
        int colon = authority.lastIndexOf(':');
        return colon > authority.lastIndexOf(']') ? authority.substring(colon) : "";
    }
}
