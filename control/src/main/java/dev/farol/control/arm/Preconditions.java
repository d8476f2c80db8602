package dev.farol.control.arm;

import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.store.Resource;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * What a write demands of the resource as it stands ({@code If-Match}, {@code If-None-Match}); to
 * be checked in the transaction that writes.
 *
 * @param match empty when nothing is demanded
 * @param noneMatch likewise
 */
record Preconditions(String match, String noneMatch) {
    private static final String ANY = "*";

    /** The entity tag of a resource as it is kept now. */
    static String tag(Resource resource) {
        return "\"" + resource.version() + "\"";
    }

    /**
     * @param existing null when there is none
     * @throws FarolException {@code PreconditionFailed} naming what was demanded and what stands
     */
    void check(@Nullable Resource existing) {
        if (!match.isEmpty() && (existing == null || !holds(match, tag(existing)))) {
            throw failed("If-Match", match, existing);
        }
        if (!noneMatch.isEmpty() && existing != null && holds(noneMatch, tag(existing))) {
            throw failed("If-None-Match", noneMatch, existing);
        }
    }

    /** Whether a header's list of tags, or its star, covers a tag. */
    static boolean holds(String header, String tag) {
        return Arrays.stream(header.split(","))
                .map(each -> each.strip().replaceFirst("^W/", ""))
                .anyMatch(each -> each.equals(ANY) || each.equals(tag));
    }

    private static FarolException failed(String header, String given, @Nullable Resource existing) {
        return new FarolException(
                ErrorCode.PRECONDITION_FAILED,
                header,
                header
                        + " is "
                        + ValueType.quoted(given)
                        + (existing == null
                                ? ", but there is no such resource yet"
                                : ", but the ETag of '"
                                        + existing.id().name()
                                        + "' is "
                                        + tag(existing)));
    }
}
