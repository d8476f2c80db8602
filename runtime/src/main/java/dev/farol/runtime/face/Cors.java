package dev.farol.runtime.face;

import dev.farol.wire.FaceExchange;
import dev.farol.wire.Headers;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which browsers' pages may call: what flask-cors answers for {@code AML_CORS_ORIGINS}, the methods
 * GET and POST, and any header.
 */
final class Cors {
    private static final String PATTERN_MARKS = "*\\]?$^[]()";
    private static final List<String> METHODS = List.of("GET", "POST");

    private final List<Predicate<String>> allowed;

    /** What is answered to who does not say where he comes from; null when nothing is. */
    private final @Nullable String unasked;

    private final boolean varies;

    /**
     * @param origins as the setting lists them: texts, patterns, or an asterisk for any
     */
    Cors(List<String> origins) {
        this.allowed = origins.stream().map(Cors::matcher).toList();
        List<String> plain = origins.stream().filter(one -> !isPattern(one)).sorted().toList();
        this.unasked = origins.contains("*") ? "*" : plain.isEmpty() ? null : plain.getFirst();
        this.varies = origins.size() > 1 || plain.size() < origins.size();
    }

    private static boolean isPattern(String origin) {
        return origin.chars().anyMatch(c -> PATTERN_MARKS.indexOf(c) >= 0);
    }

    private static Predicate<String> matcher(String origin) {
        if (origin.equals("*")) {
            return any -> true;
        }
        if (isPattern(origin)) {
            try {
                var pattern = Pattern.compile(origin, Pattern.CASE_INSENSITIVE);
                return asked -> pattern.matcher(asked).lookingAt();
            } catch (PatternSyntaxException plain) {
                return origin::equalsIgnoreCase;
            }
        }
        return origin::equalsIgnoreCase;
    }

    void addTo(Headers headers, FaceExchange exchange) {
        if (allowed.isEmpty()) {
            return;
        }
        String asked = exchange.header("Origin");
        boolean named = asked != null && !asked.isEmpty();
        String origin = named ? asked : unasked;
        if (origin == null || (named && allowed.stream().noneMatch(one -> one.test(origin)))) {
            return;
        }
        headers.add("Access-Control-Allow-Origin", origin);
        if ("true".equals(exchange.header("Access-Control-Request-Private-Network"))) {
            headers.add("Access-Control-Allow-Private-Network", "false");
        }
        if (exchange.method().equals("OPTIONS")) {
            preflight(headers, exchange);
        }
        if (varies && !origin.equals("*")) {
            headers.add("Vary", "Origin");
        }
    }

    private static void preflight(Headers headers, FaceExchange exchange) {
        String method = exchange.header("Access-Control-Request-Method");
        if (method == null || !METHODS.contains(method.toUpperCase(Locale.ROOT))) {
            return;
        }
        String wanted = exchange.header("Access-Control-Request-Headers");
        if (wanted != null && !wanted.isEmpty()) {
            headers.add(
                    "Access-Control-Allow-Headers",
                    Arrays.stream(wanted.split(",", -1))
                            .map(String::strip)
                            .sorted()
                            .collect(Collectors.joining(", ")));
        }
        headers.add("Access-Control-Allow-Methods", String.join(", ", METHODS));
    }
}
