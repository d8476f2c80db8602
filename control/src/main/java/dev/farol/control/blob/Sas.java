package dev.farol.control.blob;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.Optional;
import java.util.function.Function;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * Service shared access signatures as Azure makes them: an HMAC-SHA256 over the parameters in a
 * fixed order, so that tools that compute them from the account's key agree with us.
 */
final class Sas {
    /** Signatures of this version and later have the fields that {@link #text} lists. */
    private static final String VERSION = "2021-08-06";

    private static final String OLDEST = "2020-12-06";

    private final byte[] key;

    Sas(byte[] key) {
        this.key = key.clone();
    }

    /** A query string for one container. */
    String sign(String container, String permissions, Instant until) {
        String expiry = until.truncatedTo(ChronoUnit.SECONDS).toString();
        String signature =
                signature(
                        text(
                                parameter ->
                                        Optional.ofNullable(
                                                switch (parameter) {
                                                    case "sp" -> permissions;
                                                    case "se" -> expiry;
                                                    case "sv" -> VERSION;
                                                    case "sr" -> "c";
                                                    default -> null;
                                                }),
                                resource(container, null)));
        return "sv="
                + VERSION
                + "&sr=c&sp="
                + permissions
                + "&se="
                + encode(expiry)
                + "&sig="
                + encode(signature);
    }

    /**
     * Why a request may not pass, or null when it may.
     *
     * @param parameters the request's query, decoded
     * @param blob null for a request on the container itself
     * @param needed the permissions of which one must be there
     */
    @Nullable BlobError refusal(
            Function<String, Optional<String>> parameters,
            String container,
            @Nullable String blob,
            String needed,
            Instant now) {
        boolean wholeContainer = parameters.apply("sr").orElse("").equals("c");
        if (parameters.apply("sv").orElse("").compareTo(OLDEST) < 0) {
            return BlobError.authentication(
                    "sv is older than " + OLDEST + " (expected: a newer version)");
        }
        if (!wholeContainer && (blob == null || !parameters.apply("sr").orElse("").equals("b"))) {
            return BlobError.authentication("sr does not cover what the request is for");
        }
        // A plus sign that nobody encoded arrives as a space.
        String given = parameters.apply("sig").orElse("").replace(' ', '+');
        String expected =
                signature(text(parameters, resource(container, wholeContainer ? null : blob)));
        if (!MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8),
                expected.getBytes(StandardCharsets.UTF_8))) {
            return BlobError.authentication("Signature did not match");
        }
        Instant end = time(parameters.apply("se").orElse(""));
        if (end == null || !end.isAfter(now)) {
            return BlobError.authentication("Signature not valid in the specified time frame");
        }
        Optional<String> start = parameters.apply("st").filter(text -> !text.isEmpty());
        if (start.isPresent()) {
            Instant from = time(start.get());
            if (from == null || from.isAfter(now)) {
                return BlobError.authentication("Signature not valid in the specified time frame");
            }
        }
        // What we do not check must not seem to be checked.
        if (parameters.apply("sip").isPresent() || parameters.apply("si").isPresent()) {
            return BlobError.authentication("sip and si are not supported");
        }
        String permissions = parameters.apply("sp").orElse("");
        return needed.chars().anyMatch(each -> permissions.indexOf(each) >= 0)
                ? null
                : new BlobError(
                        403,
                        "AuthorizationPermissionMismatch",
                        "The signature has the permissions '"
                                + permissions
                                + "' (expected: one of '"
                                + needed
                                + "')");
    }

    private static String resource(String container, @Nullable String blob) {
        return "/blob/" + BlobAccount.NAME + "/" + container + (blob == null ? "" : "/" + blob);
    }

    private static String text(Function<String, Optional<String>> parameters, String resource) {
        var text = new StringBuilder();
        for (String field :
                new String[] {
                    "sp",
                    "st",
                    "se",
                    "",
                    "si",
                    "sip",
                    "spr",
                    "sv",
                    "sr",
                    "snapshot",
                    "ses",
                    "rscc",
                    "rscd",
                    "rsce",
                    "rscl",
                    "rsct"
                }) {
            if (!text.isEmpty()) {
                text.append('\n');
            }
            text.append(field.isEmpty() ? resource : parameters.apply(field).orElse(""));
        }
        return text.toString();
    }

    private String signature(String text) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(new SecretKeySpec(key, "HmacSHA256"));
            return Base64.getEncoder()
                    .encodeToString(mac.doFinal(text.getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("This JVM has no HMAC-SHA256", impossible);
        }
    }

    /** A time with or without its time of day, as Azure allows. */
    private static @Nullable Instant time(String text) {
        try {
            return text.length() == 10
                    ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
                    : Instant.parse(text);
        } catch (DateTimeParseException noTime) {
            return null;
        }
    }

    private static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
