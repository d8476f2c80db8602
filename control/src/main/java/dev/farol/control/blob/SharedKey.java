package dev.farol.control.blob;

import dev.farol.wire.ApiRequest;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Requests signed with the account's key, {@code Authorization: SharedKey account:signature}: an
 * HMAC-SHA256 over verb, headers, path and query.
 */
final class SharedKey {
    static final String SCHEME = "SharedKey ";
    private static final Duration SKEW = Duration.ofMinutes(15);
    private static final List<String> SIGNED =
            List.of(
                    "Content-Encoding",
                    "Content-Language",
                    "Content-Length",
                    "Content-MD5",
                    "Content-Type",
                    "Date",
                    "If-Modified-Since",
                    "If-Match",
                    "If-None-Match",
                    "If-Unmodified-Since",
                    "Range");

    /** Azure sorts headers as Windows sorts words: punctuation weighs less than letters. */
    private static final Comparator<String> WORDS =
            Comparator.comparing((String name) -> name.replaceAll("[-']", ""))
                    .thenComparing(Comparator.naturalOrder());

    private final byte[] key;

    SharedKey(byte[] key) {
        this.key = key.clone();
    }

    /** Why a request may not pass, or null when it may do everything. */
    @Nullable BlobError refusal(ApiRequest request, String authorization, Instant now) {
        String rest = authorization.substring(SCHEME.length()).strip();
        int colon = rest.lastIndexOf(':');
        String account = colon < 0 ? "" : rest.substring(0, colon);
        if (!account.equals(BlobAccount.NAME) && !account.startsWith(BlobAccount.NAME + ".blob.")) {
            return BlobError.authentication(
                    "The Authorization header names the account '"
                            + account
                            + "' (expected: SharedKey "
                            + BlobAccount.NAME
                            + ":signature)");
        }
        Instant date = date(request);
        if (date == null || Duration.between(date, now).abs().compareTo(SKEW) > 0) {
            return BlobError.authentication(
                    "x-ms-date is missing or more than " + SKEW.toMinutes() + " minutes off");
        }
        byte[] given = rest.substring(colon + 1).getBytes(StandardCharsets.UTF_8);
        for (Comparator<String> order : List.of(WORDS, Comparator.<String>naturalOrder())) {
            // Azure's Python library leaves Range out.
            for (boolean range : new boolean[] {true, false}) {
                String text = text(request, account, order, range);
                if (MessageDigest.isEqual(
                        given, signature(key, text).getBytes(StandardCharsets.UTF_8))) {
                    return null;
                }
            }
        }
        return BlobError.authentication(
                "The MAC signature found in the HTTP request is not the same as any computed"
                        + " signature");
    }

    /** An HMAC-SHA256 in base64. */
    static String signature(byte[] key, String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("This JVM has no HMAC-SHA256", impossible);
        }
    }

    private static String text(
            ApiRequest request, String account, Comparator<String> order, boolean range) {
        var text = new StringBuilder(request.method()).append('\n');
        for (String name : SIGNED) {
            String value = request.headers().first(name).orElse("");
            boolean empty =
                    (name.equals("Content-Length") && value.equals("0"))
                            || (name.equals("Range") && !range);
            text.append(empty ? "" : value).append('\n');
        }
        headers(request, order)
                .forEach((name, value) -> text.append(name).append(':').append(value).append('\n'));
        text.append('/').append(account).append(request.path());
        query(request.query())
                .forEach(
                        (name, values) ->
                                text.append('\n')
                                        .append(name)
                                        .append(':')
                                        .append(String.join(",", values)));
        return text.toString();
    }

    private static Map<String, String> headers(ApiRequest request, Comparator<String> order) {
        Map<String, String> headers = new TreeMap<>(order);
        request.headers()
                .forEach(
                        (name, value) -> {
                            String lower = name.toLowerCase(Locale.ROOT);
                            if (lower.startsWith("x-ms-")) {
                                headers.merge(lower, value.strip(), (a, b) -> a + "," + b);
                            }
                        });
        return headers;
    }

    private static Map<String, List<String>> query(String query) {
        Map<String, List<String>> parameters = new TreeMap<>();
        for (String pair : query.split("&")) {
            if (!pair.isEmpty()) {
                int equals = pair.indexOf('=');
                String name = decode(equals < 0 ? pair : pair.substring(0, equals));
                parameters
                        .computeIfAbsent(name.toLowerCase(Locale.ROOT), any -> new ArrayList<>())
                        .add(equals < 0 ? "" : decode(pair.substring(equals + 1)));
            }
        }
        parameters.values().forEach(values -> values.sort(null));
        return parameters;
    }

    private static @Nullable Instant date(ApiRequest request) {
        String text =
                request.headers()
                        .first("x-ms-date")
                        .or(() -> request.headers().first("Date"))
                        .orElse("");
        try {
            return ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
        } catch (DateTimeParseException noTime) {
            return null;
        }
    }

    /** As clients decode what they sign: a plus sign stays one. */
    private static String decode(String text) {
        try {
            return URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException malformed) {
            return text;
        }
    }
}
