package dev.farol.control.access;

import dev.farol.kit.SharedDocument;
import dev.farol.spec.ErrorCode;
import dev.farol.spec.FarolException;
import dev.farol.spec.Problem;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The roles and assignments of a home, in one file that the server and the command line have open
 * side by side. What nobody was given, nobody may do. Thread-safe.
 */
public final class Access {
    /** What a caller of an endpoint with auth mode AADToken must be allowed. */
    static final String SCORE =
            "Microsoft.MachineLearningServices/workspaces/onlineEndpoints/score/action";

    private final SharedDocument<Content> document;
    private final InstantSource clock;

    private volatile @Nullable Index index;

    /** The file's content. */
    private record Content(List<Assignment> assignments, List<Role> roles) {
        Content {
            assignments = List.copyOf(assignments);
            roles = List.copyOf(roles);
        }
    }

    /** The assignments with their scopes and roles looked up. */
    private record Index(
            Content of, Map<String, List<Grant>> byPrincipal, Map<String, List<Grant>> byGroup) {}

    /** What one assignment gives. */
    public record Grant(ScopePath scope, Role role) {}

    private Access(Path file, InstantSource clock) {
        this.document =
                new SharedDocument<>(file, Content.class, new Content(List.of(), List.of()));
        this.clock = clock;
    }

    /**
     * @param folder {@code <home>/identity}
     */
    public static Access open(Path folder, InstantSource clock) {
        return new Access(folder.resolve("roles.json"), clock);
    }

    /** Makes the first user of a new house its owner; does nothing in one that has roles. */
    public void ensureOwner(String principal) {
        if (document.exists()) {
            return;
        }
        Instant now = clock.instant();
        var owner =
                new Assignment(
                        UUID.randomUUID().toString(),
                        "/",
                        BuiltInRoles.OWNER,
                        principal,
                        "User",
                        "The first user of this Farol",
                        now,
                        now,
                        principal);
        change(
                content ->
                        content.assignments().isEmpty()
                                ? new Content(List.of(owner), content.roles())
                                : content);
    }

    /**
     * Gives a principal a role, unless it has it there.
     *
     * @param role its name or its id
     * @throws FarolException {@code ResourceNotFound} for a role that there is not
     */
    public void grant(String principal, String type, String role, String scope, String by) {
        Role found = named(role);
        Instant now = clock.instant();
        var wanted =
                new Assignment(
                        UUID.randomUUID().toString(),
                        scope,
                        found.id(),
                        principal,
                        type,
                        null,
                        now,
                        now,
                        by);
        if (assignments().stream().noneMatch(each -> each.repeats(wanted))) {
            Assignment unused = assign(wanted);
        }
    }

    /**
     * @throws FarolException {@code ResourceNotFound} for a role that there is not
     */
    public Role named(String role) {
        return roles().stream()
                .filter(
                        each ->
                                each.name().equalsIgnoreCase(role)
                                        || each.id().equalsIgnoreCase(role))
                .findFirst()
                .orElseThrow(
                        () ->
                                new FarolException(
                                        ErrorCode.RESOURCE_NOT_FOUND,
                                        "There is no role '"
                                                + role
                                                + "' (expected: one of "
                                                + String.join(
                                                        ", ",
                                                        roles().stream().map(Role::name).toList())
                                                + ")"));
    }

    /**
     * Whether the subject, or one of its groups, may take the action on the resource or collection
     * at that path.
     */
    public boolean allows(Subject subject, String action, String path) {
        ScopePath at = ScopePath.of(path);
        return grants(subject)
                .anyMatch(grant -> grant.scope().covers(at) && grant.role().allows(action));
    }

    /** What the subject holds at the path or above it. */
    public List<Role> rolesAt(Subject subject, String path) {
        ScopePath at = ScopePath.of(path);
        return grants(subject)
                .filter(grant -> grant.scope().covers(at))
                .map(Grant::role)
                .distinct()
                .toList();
    }

    /** Those of the groups that hold a role anywhere. */
    public Set<String> withRoles(Set<String> groups) {
        return groups.stream()
                .filter(index().byGroup()::containsKey)
                .collect(Collectors.toUnmodifiableSet());
    }

    /** By principal, the scopes below which it may score; empty text is the whole house. */
    public Map<String, Set<String>> scorers() {
        return scorers(index().byPrincipal());
    }

    /** The same by group. */
    public Map<String, Set<String>> groupScorers() {
        return scorers(index().byGroup());
    }

    private static Map<String, Set<String>> scorers(Map<String, List<Grant>> by) {
        var scorers = new HashMap<String, Set<String>>();
        by.forEach(
                (principal, grants) ->
                        grants.stream()
                                .filter(grant -> grant.role().allows(SCORE))
                                .forEach(
                                        grant ->
                                                scorers.computeIfAbsent(
                                                                principal, any -> new HashSet<>())
                                                        .add(grant.scope().text())));
        return scorers;
    }

    /** Whether a scope is another or above it, however they are spelled. */
    public static boolean covers(String scope, String other) {
        return ScopePath.of(scope).covers(ScopePath.of(other));
    }

    public List<Assignment> assignments() {
        return content().assignments();
    }

    /** Built-in roles first. */
    public List<Role> roles() {
        return roles(content());
    }

    /** By its id, in any case. */
    public Optional<Role> role(String id) {
        return roles().stream().filter(each -> each.id().equalsIgnoreCase(id)).findFirst();
    }

    /**
     * Writes an assignment; answers what stands now, which is the present one when it says the
     * same.
     *
     * @throws FarolException {@code RoleAssignmentExists} when another says the same, {@code
     *     RoleAssignmentUpdateNotPermitted} when this one says something else
     */
    public Assignment assign(Assignment wanted) {
        change(
                content -> {
                    for (Assignment each : content.assignments()) {
                        boolean same = each.name().equalsIgnoreCase(wanted.name());
                        if (same && each.repeats(wanted)) {
                            return content;
                        }
                        if (same) {
                            throw new FarolException(
                                    ErrorCode.ROLE_ASSIGNMENT_FIXED,
                                    "Tenant ID, application ID, principal ID, and scope are not"
                                            + " allowed to be updated: '"
                                            + each.name()
                                            + "' is another assignment (expected: a new name)");
                        }
                        if (each.repeats(wanted)) {
                            throw new FarolException(
                                    ErrorCode.ROLE_ASSIGNMENT_EXISTS,
                                    "The role assignment already exists. The ID of the existing"
                                            + " role assignment is "
                                            + each.name().replace("-", "")
                                            + ".");
                        }
                    }
                    var all = new ArrayList<>(content.assignments());
                    all.add(wanted);
                    return new Content(all, content.roles());
                });
        return assignments().stream()
                .filter(each -> each.name().equalsIgnoreCase(wanted.name()))
                .findFirst()
                .orElse(wanted);
    }

    /**
     * Takes an assignment away; answers what it was.
     *
     * @throws FarolException {@code Conflict} for the last owner of the whole house
     */
    public Optional<Assignment> revoke(Predicate<Assignment> which) {
        var gone = new ArrayList<Assignment>();
        change(
                content -> {
                    content.assignments().stream().filter(which).forEach(gone::add);
                    var left = content.assignments().stream().filter(which.negate()).toList();
                    if (gone.stream().anyMatch(Access::ownsAll)
                            && left.stream().noneMatch(Access::ownsAll)) {
                        throw new FarolException(
                                ErrorCode.CONFLICT,
                                "The last owner of this Farol cannot be taken away: nobody could"
                                        + " give roles any more (expected: another Owner at scope"
                                        + " '/' first)");
                    }
                    return new Content(left, content.roles());
                });
        return gone.stream().findFirst();
    }

    /** A group may have no members: it counts for nobody. */
    private static boolean ownsAll(Assignment assignment) {
        return !assignment.toGroup()
                && assignment.role().equals(BuiltInRoles.OWNER)
                && ScopePath.of(assignment.scope()).text().isEmpty();
    }

    /** A resource is going: what was given for it may not be there for one of the same name. */
    public void forgetScope(String path) {
        ScopePath gone = ScopePath.of(path);
        if (assignments().stream().anyMatch(each -> gone.covers(ScopePath.of(each.scope())))) {
            change(without(each -> gone.covers(ScopePath.of(each.scope()))));
        }
    }

    /** A principal is gone, and its id means nobody any more. */
    public void forgetPrincipal(String principal) {
        change(without(each -> each.principal().equals(principal)));
    }

    private static UnaryOperator<Content> without(Predicate<Assignment> which) {
        return content ->
                new Content(
                        content.assignments().stream().filter(which.negate()).toList(),
                        content.roles());
    }

    /**
     * Makes or replaces a custom role.
     *
     * @throws FarolException {@code RoleDefinitionWithSameNameExists} when the name is taken
     */
    public void define(Role role) {
        change(
                content -> {
                    boolean taken =
                            roles(content).stream()
                                    .anyMatch(
                                            each ->
                                                    each.name().equalsIgnoreCase(role.name())
                                                            && !each.id()
                                                                    .equalsIgnoreCase(role.id()));
                    if (taken) {
                        throw new FarolException(
                                ErrorCode.ROLE_NAME_TAKEN,
                                "/properties/roleName",
                                "A role '" + role.name() + "' is there already");
                    }
                    var all = new ArrayList<>(content.roles());
                    all.removeIf(each -> each.id().equalsIgnoreCase(role.id()));
                    all.add(role);
                    return new Content(content.assignments(), all);
                });
    }

    /**
     * @throws FarolException {@code RoleDefinitionHasAssignments} while somebody holds it
     */
    public void undefine(String id) {
        change(
                content -> {
                    if (content.assignments().stream()
                            .anyMatch(each -> each.role().equalsIgnoreCase(id))) {
                        throw new FarolException(
                                ErrorCode.ROLE_IN_USE,
                                "There are existing role assignments that refer to the role '"
                                        + id
                                        + "' (expected: none)");
                    }
                    return new Content(
                            content.assignments(),
                            content.roles().stream()
                                    .filter(each -> !each.id().equalsIgnoreCase(id))
                                    .toList());
                });
    }

    private Stream<Grant> grants(Subject subject) {
        Index known = index();
        return Stream.concat(
                known.byPrincipal().getOrDefault(subject.id(), List.of()).stream(),
                subject.groups().stream()
                        .flatMap(group -> known.byGroup().getOrDefault(group, List.of()).stream()));
    }

    /** The document is the same object until the file is replaced. */
    @SuppressWarnings("ReferenceEquality")
    private Index index() {
        Content now = content();
        Index known = index;
        if (known == null || known.of() != now) {
            known = index(now);
            index = known;
        }
        return known;
    }

    private static Index index(Content content) {
        var roles = new HashMap<String, Role>();
        roles(content).forEach(role -> roles.put(role.id(), role));
        var byPrincipal = new HashMap<String, List<Grant>>();
        var byGroup = new HashMap<String, List<Grant>>();
        for (Assignment each : content.assignments()) {
            Role role = roles.get(each.role());
            if (role != null) {
                (each.toGroup() ? byGroup : byPrincipal)
                        .computeIfAbsent(each.principal(), any -> new ArrayList<>())
                        .add(new Grant(ScopePath.of(each.scope()), role));
            }
        }
        return new Index(content, byPrincipal, byGroup);
    }

    private static List<Role> roles(Content content) {
        return Stream.concat(BuiltInRoles.ALL.stream(), content.roles().stream()).toList();
    }

    private Content content() {
        try {
            return document.get();
        } catch (IOException unreadable) {
            throw unusable(unreadable);
        }
    }

    private void change(UnaryOperator<Content> edit) {
        try {
            Content unused = document.change(edit);
        } catch (IOException unwritable) {
            throw unusable(unwritable);
        }
    }

    private static FarolException unusable(IOException fault) {
        return new FarolException(
                Problem.of(
                        ErrorCode.INTERNAL,
                        "The role assignments cannot be read or written: " + fault.getMessage()),
                fault);
    }
}
