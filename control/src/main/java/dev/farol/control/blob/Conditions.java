package dev.farol.control.blob;

import dev.farol.store.ObjectStore.ObjectInfo;
import dev.farol.wire.Headers;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The conditional headers of a request (RFC 9110 §13). */
final class Conditions {
    private static final List<String> ALL =
            List.of("If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since");

    private Conditions() {}

    /** An ETag as it stands in headers. */
    static String quoted(String etag) {
        return etag.startsWith("\"") ? etag : "\"" + etag + "\"";
    }

    /**
     * Before a read.
     *
     * @throws BlobError.BlobException 412 or 304
     */
    static void beforeRead(Headers headers, ObjectInfo blob) {
        if (lost(headers, blob)) {
            throw BlobError.condition().thrown();
        }
        boolean same =
                headers.first("If-None-Match").map(text -> matches(text, blob)).orElse(false);
        boolean old =
                headers.first("If-None-Match").isEmpty()
                        && since(headers, "If-Modified-Since")
                                .map(time -> !modified(blob).isAfter(time))
                                .orElse(false);
        if (same || old) {
            throw new BlobError(304, "ConditionNotMet", "").thrown();
        }
    }

    /**
     * Before a write or a delete.
     *
     * @param blob null when there is none
     * @return the ETag that must still be there when the write is done; null for any
     * @throws BlobError.BlobException 412, or 409 for {@code If-None-Match: *} on a blob that
     *     exists
     */
    static @Nullable String beforeWrite(Headers headers, @Nullable ObjectInfo blob) {
        if (blob == null) {
            if (headers.first("If-Match").isPresent()) {
                throw BlobError.condition().thrown();
            }
            return null;
        }
        if (ifAbsent(headers)) {
            throw BlobError.exists().thrown();
        }
        boolean same =
                headers.first("If-None-Match").map(text -> matches(text, blob)).orElse(false);
        boolean old =
                since(headers, "If-Modified-Since")
                        .map(time -> !modified(blob).isAfter(time))
                        .orElse(false);
        if (lost(headers, blob) || same || old) {
            throw BlobError.condition().thrown();
        }
        boolean any = ALL.stream().anyMatch(name -> headers.first(name).isPresent());
        return any ? blob.etag() : null;
    }

    /** Before a copy, the conditions on what is copied; they have names of their own. */
    static void onSource(Headers headers, ObjectInfo source) {
        var plain = new Headers();
        for (String name : ALL) {
            headers.first("x-ms-source-" + name).ifPresent(value -> plain.set(name, value));
        }
        try {
            beforeRead(plain, source);
        } catch (BlobError.BlobException unmet) {
            throw BlobError.condition().thrown();
        }
    }

    /** Whether the write is only for a name that is free. */
    static boolean ifAbsent(Headers headers) {
        return headers.first("If-None-Match").map(text -> text.strip().equals("*")).orElse(false);
    }

    private static boolean lost(Headers headers, ObjectInfo blob) {
        boolean other = headers.first("If-Match").map(text -> !matches(text, blob)).orElse(false);
        boolean newer =
                since(headers, "If-Unmodified-Since")
                        .map(time -> modified(blob).isAfter(time))
                        .orElse(false);
        return other || newer;
    }

    private static boolean matches(String header, ObjectInfo blob) {
        for (String each : header.split(",")) {
            String tag = each.strip();
            if (tag.equals("*") || tag.equals(quoted(blob.etag())) || tag.equals(blob.etag())) {
                return true;
            }
        }
        return false;
    }

    /** To the second, as the Last-Modified header tells it. */
    private static Instant modified(ObjectInfo blob) {
        return blob.modifiedAt().truncatedTo(ChronoUnit.SECONDS);
    }

    private static Optional<Instant> since(Headers headers, String name) {
        return headers.first(name).flatMap(Conditions::time);
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(
                    ZonedDateTime.parse(text.strip(), DateTimeFormatter.RFC_1123_DATE_TIME)
                            .toInstant());
        } catch (DateTimeParseException noTime) {
            return Optional.empty();
        }
    }
}
