package dev.farol.control.blob;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Service shared access signatures as Azure makes them: an HMAC-SHA256 over the parameters in a
 * fixed order, so that tools that compute them from the account's key agree with us.
 */
final class Sas {
    /** Signatures of this version and later have the fields that {@link #text} lists. */
    private static final String VERSION = "2021-08-06";

    private static final String OLDEST = "2018-11-09";

    /** Since then a signature covers the encryption scope too. */
    private static final String WITH_SCOPE = "2020-12-06";

    private static final List<String> FIELDS =
            List.of(
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
                    "rsct");

    private final byte[] key;

    Sas(byte[] key) {
        this.key = key.clone();
    }

    /** A query string for one container. */
    String sign(String container, String permissions, Instant until) {
        String expiry = until.truncatedTo(ChronoUnit.SECONDS).toString();
        String signature =
                SharedKey.signature(
                        key,
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
        if (parameters.apply("skoid").isPresent()) {
            return BlobError.authentication(
                    "Signatures of a user delegation key are not supported (expected: one of the"
                            + " account's key)");
        }
        if (!wholeContainer && (blob == null || !parameters.apply("sr").orElse("").equals("b"))) {
            return BlobError.authentication("sr does not cover what the request is for");
        }
        @Nullable BlobError refusal =
                common(
                        parameters,
                        text(parameters, resource(container, wholeContainer ? null : blob)),
                        now);
        return refusal != null ? refusal : permission(parameters, needed);
    }

    /** The same for a signature of the whole account. */
    @Nullable BlobError accountRefusal(
            Function<String, Optional<String>> parameters, Verb verb, Instant now) {
        String version = parameters.apply("sv").orElse("");
        if (version.compareTo(OLDEST) < 0) {
            return BlobError.authentication(
                    "sv is older than " + OLDEST + " (expected: a newer version)");
        }
        var text = new StringBuilder(BlobAccount.NAME).append('\n');
        for (String field : List.of("sp", "ss", "srt", "st", "se", "sip", "spr", "sv")) {
            text.append(parameters.apply(field).orElse("")).append('\n');
        }
        if (version.compareTo(WITH_SCOPE) >= 0) {
            text.append(parameters.apply("ses").orElse("")).append('\n');
        }
        @Nullable BlobError refusal = common(parameters, text.toString(), now);
        if (refusal != null) {
            return refusal;
        }
        if (!parameters.apply("ss").orElse("").contains("b")) {
            return new BlobError(
                    403,
                    "AuthorizationServiceMismatch",
                    "The signature is not for blobs (expected: b in ss)");
        }
        if (parameters.apply("srt").orElse("").indexOf(verb.level()) < 0) {
            return new BlobError(
                    403,
                    "AuthorizationResourceTypeMismatch",
                    "The signature does not cover this kind of resource (expected: "
                            + verb.level()
                            + " in srt)");
        }
        return permission(parameters, verb.accountPermissions());
    }

    /** What is the same for every kind: signature, time, protocol. */
    private @Nullable BlobError common(
            Function<String, Optional<String>> parameters, String text, Instant now) {
        // A plus sign that nobody encoded arrives as a space.
        String given = parameters.apply("sig").orElse("").replace(' ', '+');
        if (!MessageDigest.isEqual(
                given.getBytes(StandardCharsets.UTF_8),
                SharedKey.signature(key, text).getBytes(StandardCharsets.UTF_8))) {
            return BlobError.authentication("Signature did not match");
        }
        Instant end = time(parameters.apply("se").orElse(""));
        if (end == null || !end.isAfter(now)) {
            return BlobError.authentication("Signature not valid in the specified time frame");
        }
        Optional<String> start = parameters.apply("st").filter(each -> !each.isEmpty());
        if (start.isPresent()) {
            Instant from = time(start.get());
            if (from == null || from.isAfter(now)) {
                return BlobError.authentication("Signature not valid in the specified time frame");
            }
        }
        // This server speaks HTTPS only.
        if (!List.of("", "https", "https,http").contains(parameters.apply("spr").orElse(""))) {
            return new BlobError(
                    403,
                    "AuthorizationProtocolMismatch",
                    "The signature is not for HTTPS (expected: https or https,http in spr)");
        }
        // What we do not check must not seem to be checked.
        if (parameters.apply("sip").isPresent() || parameters.apply("si").isPresent()) {
            return BlobError.authentication("sip and si are not supported");
        }
        return null;
    }

    private static @Nullable BlobError permission(
            Function<String, Optional<String>> parameters, String needed) {
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
        boolean scope = parameters.apply("sv").orElse("").compareTo(WITH_SCOPE) >= 0;
        for (String field : FIELDS) {
            if (field.equals("ses") && !scope) {
                continue;
            }
            if (!text.isEmpty()) {
                text.append('\n');
            }
            text.append(field.isEmpty() ? resource : parameters.apply(field).orElse(""));
        }
        return text.toString();
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
