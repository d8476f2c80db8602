package dev.farol.control.identity;

import dev.farol.control.access.Subject;
import java.util.Set;

/**
 * The owner of a valid token.
 *
 * @param id the object id ({@code oid})
 * @param name what people call it; what {@code systemData} shows
 * @param groups the ids of the groups that the token says it is in
 */
public record Caller(String id, String name, Set<String> groups) {
    public Caller {
        groups = Set.copyOf(groups);
    }

    /** As whom roles see it. */
    public Subject subject() {
        return new Subject(id, groups);
    }
}
