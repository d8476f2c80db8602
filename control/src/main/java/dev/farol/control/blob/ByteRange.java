package dev.farol.control.blob;

import dev.farol.wire.Headers;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A part of a blob.
 *
 * @param first the first byte
 * @param last the last byte, included
 */
record ByteRange(long first, long last) {
    /** Eighteen digits at most, so that every number fits. */
    private static final Pattern FORM = Pattern.compile("bytes=([0-9]{0,18})-([0-9]{0,18})");

    long length() {
        return last - first + 1;
    }

    /**
     * The part that the headers ask for; empty when they ask for all, or for what is no single
     * range.
     *
     * @throws BlobError.BlobException 416 when no byte of the blob is in the range
     */
    static Optional<ByteRange> of(Headers headers, long size) {
        String text = headers.first("x-ms-range").or(() -> headers.first("Range")).orElse("");
        Matcher matcher = FORM.matcher(text.strip());
        if (!matcher.matches() || (matcher.group(1).isEmpty() && matcher.group(2).isEmpty())) {
            return Optional.empty();
        }
        boolean suffix = matcher.group(1).isEmpty();
        long first =
                suffix
                        ? Math.max(0, size - Long.parseLong(matcher.group(2)))
                        : Long.parseLong(matcher.group(1));
        long last =
                suffix || matcher.group(2).isEmpty()
                        ? size - 1
                        : Math.min(size - 1, Long.parseLong(matcher.group(2)));
        if (!suffix && !matcher.group(2).isEmpty() && Long.parseLong(matcher.group(2)) < first) {
            return Optional.empty();
        }
        if (first > last) {
            throw new BlobError(
                            416,
                            "InvalidRange",
                            "The range specified is invalid for the current size of the resource.")
                    .thrown();
        }
        return Optional.of(new ByteRange(first, last));
    }
}
