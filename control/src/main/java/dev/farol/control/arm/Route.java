package dev.farol.control.arm;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * One line of the path table.
 *
 * @param method upper case; {@code *} for every method
 * @param pattern segments that match in any case, {@code {placeholder}} for any one segment, {@code
 *     **} at the end for any rest
 * @param doc what the published description says
 */
record Route(String method, List<String> pattern, Access access, Doc doc, ArmHandler handler) {
    private static final String REST = "**";
    private static final String RESOURCES = "Microsoft.Resources";

    /** What a request needs besides the path. */
    enum Access {
        /** Nothing. */
        OPEN,
        /** A valid token: URLs that the server itself gave out. */
        TOKEN,
        /** A valid token and an api-version: what everyone in the house may see. */
        VERSIONED,
        /** A valid token, an api-version, and a role that gives {@link Route#action()}. */
        RESOURCE,
        /**
         * The same for a POST of Farol's own, which no role of Azure's can name: who may write the
         * resource before the last word may do it.
         */
        WRITE;

        /** Whether an api-version must come with the request. */
        boolean versioned() {
            return this == VERSIONED || ruled();
        }

        /** Whether a role must give the action. */
        boolean ruled() {
            return this == RESOURCE || this == WRITE;
        }
    }

    static Route of(String method, String pattern, Access access, Doc doc, ArmHandler handler) {
        return new Route(method, List.of(pattern.substring(1).split("/")), access, doc, handler);
    }

    /**
     * What a role must allow, in Azure's words: the provider and the types of the path, then {@code
     * read}, {@code write} or {@code delete}, or the name of a POST and {@code action}.
     *
     * @param wanted the method of the request
     */
    String action(String wanted) {
        int provider = pattern.lastIndexOf("providers");
        boolean plain = provider < 0 || provider + 1 == pattern.size();
        String namespace = plain ? RESOURCES : pattern.get(provider + 1);
        List<String> types =
                pattern.subList(plain ? 0 : provider + 2, pattern.size()).stream()
                        .filter(segment -> !segment.startsWith("{") && !segment.equals(REST))
                        .toList();
        if (access == Access.WRITE) {
            String written = String.join("/", types.subList(0, types.size() - 1));
            return namespace + "/" + written + "/write";
        }
        String path = String.join("/", types);
        return namespace
                + "/"
                + path
                + switch (wanted) {
                    case "GET", "HEAD" -> "/read";
                    case "PUT", "PATCH" -> "/write";
                    case "DELETE" -> "/delete";
                    default -> "/action";
                };
    }

    boolean serves(String wanted) {
        return method.equals("*") || method.equals(wanted);
    }

    /** What the placeholders hold, if the decoded segments fit. */
    Optional<Map<String, String>> match(List<String> segments) {
        boolean open = pattern.getLast().equals(REST);
        int fixed = open ? pattern.size() - 1 : pattern.size();
        if (open ? segments.size() < fixed : segments.size() != fixed) {
            return Optional.empty();
        }
        Map<String, String> names = new HashMap<>();
        for (int i = 0; i < fixed; i++) {
            String expected = pattern.get(i);
            if (expected.startsWith("{")) {
                names.put(expected.substring(1, expected.length() - 1), segments.get(i));
            } else if (!expected.equalsIgnoreCase(segments.get(i))) {
                return Optional.empty();
            }
        }
        return Optional.of(names);
    }

    /**
     * The segments of a raw path, decoded; empty ones left out, so that {@code //} counts as {@code
     * /} and a slash at the end for nothing.
     *
     * @throws IllegalArgumentException when a percent sign is not followed by two hex digits
     */
    static List<String> segments(String path) {
        return Arrays.stream(path.split("/"))
                .filter(segment -> !segment.isEmpty())
                .map(
                        segment ->
                                java.net.URLDecoder.decode(
                                        segment.replace("+", "%2B"),
                                        java.nio.charset.StandardCharsets.UTF_8))
                .toList();
    }
}
