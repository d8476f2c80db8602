package dev.farol.control.access;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * A role that a principal holds at a scope and below it.
 *
 * @param name a GUID
 * @param scope {@code /}, or the id of a subscription, group or resource, as it was given
 * @param role the id of the role
 * @param principal the object id; see {@code docs/clients.md} for those of other issuers
 * @param principalType User, Group or ServicePrincipal
 */
public record Assignment(
        String name,
        String scope,
        String role,
        String principal,
        String principalType,
        @Nullable String description,
        Instant created,
        Instant updated,
        String by) {
    /** Whether it says the same, whatever it is called. */
    boolean repeats(Assignment other) {
        return ScopePath.of(scope).equals(ScopePath.of(other.scope))
                && role.equals(other.role)
                && principal.equals(other.principal)
                && toGroup() == other.toGroup();
    }

    /** Whether it is for the members of a group. */
    boolean toGroup() {
        return principalType.equalsIgnoreCase("Group");
    }
}
