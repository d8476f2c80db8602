package dev.farol.control.access;

import dev.farol.spec.FarolException;
import dev.farol.spec.ResourceId;
import dev.farol.spec.RoutingSnapshot.Authority;
import java.util.Locale;

/**
 * A scope in the one spelling that scopes are compared in: lower case, no slash at the end, so that
 * the whole house is the empty text.
 */
record ScopePath(String text) {
    private static final String REGISTRY =
            "/providers/" + ResourceId.PROVIDER.toLowerCase(Locale.ROOT) + "/registries/";

    static ScopePath of(String scope) {
        String plain = scope.replaceAll("/+", "/").replaceAll("/$", "").toLowerCase(Locale.ROOT);
        return new ScopePath(plain.contains(REGISTRY) ? registry(plain) : plain);
    }

    /** A registry belongs to no subscription: its path may name any. */
    private static String registry(String path) {
        try {
            return ResourceId.parse(path).key();
        } catch (FarolException collection) {
            int start = path.indexOf(REGISTRY) + REGISTRY.length();
            int end = path.indexOf('/', start);
            return end < 0
                    ? path
                    : ResourceId.registry(path.substring(start, end)).key() + path.substring(end);
        }
    }

    boolean covers(ScopePath other) {
        return Authority.covers(text, other.text);
    }
}
