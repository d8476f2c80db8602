package dev.farol.control.identity;

import dev.farol.control.access.Subject;
import java.time.Instant;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * The owner of a valid token.
 *
 * @param id the object id ({@code oid})
 * @param name what people call it; what {@code systemData} shows
 * @param groups the ids of the groups that the token says it is in
 * @param until when another issuer's token ends; null for a token of Farol's own
 */
public record Caller(String id, String name, Set<String> groups, @Nullable Instant until) {
    public Caller {
        groups = Set.copyOf(groups);
    }

    /** The same, without regard to how it came: for what outlives its token on purpose. */
    public Caller beyondItsToken() {
        return new Caller(id, name, groups, null);
    }

    /** The same, of all its groups only in these. */
    public Caller inGroups(Set<String> some) {
        return new Caller(id, name, some, until);
    }

    /** As whom roles see it. */
    public Subject subject() {
        return new Subject(id, groups);
    }
}
